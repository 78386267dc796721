-- What a studio had written when 0001 was the newest schema: real rows in every table.

INSERT INTO projects (id, guild, name, folded, slug, created, created_by, gallery_channel, gallery_kind, gallery_thread)
VALUES (1, 700, 'Café Noir', 'café noir', 'cafe-noir', 1780000000000, 42, 710, 'forum', 711),
       (2, NULL, 'Harbour', 'harbour', 'harbour', 1780000000001, 43, NULL, NULL, NULL);

INSERT INTO project_choices (guild, user, project) VALUES (700, 42, 1), (NULL, 43, 2);

INSERT INTO jobs (id, uid, origin_key, user, user_name, guild, channel, project, parent, created, state, since,
                  priority, attempt, card_channel, card_message, post_channel, post_message,
                  queued_ms, load_ms, sample_ms, save_ms, drawing_ms, fetch_ms, post_ms, total_ms, warmth,
                  request, recipe, graph, workflow, model, pixels, steps, count, seed)
VALUES (1, '00000000-0000-4000-8000-000000000001', 'interaction:1', 42, 'hana', 700, 710, 1, NULL, 1780000000100,
        'delivered', 1780000009000, 0, 1, 710, 9001, 711, 9002,
        40, 12, 8000, 300, 8312, 90, 110, 8900, 'warm',
        '{"prompt":"a heron under lanterns","negative":null,"project":"Café Noir","workflow":null,"size":"portrait","count":1,"seed":18446744073709551615,"steps":null,"cfg":null,"sampler":null,"scheduler":null,"model":null,"loras":[{"name":"ink.safetensors","strength":0.8}],"reference":null,"denoise":null}',
        '{"workflow":"txt2img","prompt":"a heron under lanterns","negative":"lowres","size":{"width":832,"height":1216},"count":1,"seed":18446744073709551615,"steps":25,"cfg":5.0,"sampler":"euler","scheduler":"normal","model":"xl.safetensors","loras":[{"name":"ink.safetensors","strength":0.8}],"reference":null,"denoise":1.0}',
        '{"3":{"class_type":"KSampler","inputs":{"seed":18446744073709551615},"_meta":{"title":"Sampler"}}}',
        'txt2img', 'xl.safetensors', 1011712, 25, 1, '18446744073709551615');

INSERT INTO jobs (id, uid, origin_key, user, user_name, guild, channel, project, parent, created, state, since,
                  priority, attempt, cancel_requested, card_channel, card_message, queued_ms,
                  request, recipe, graph, workflow, model, pixels, steps, count, seed)
VALUES (2, '00000000-0000-4000-8000-000000000002', 'interaction:2', 43, 'ren', NULL, NULL, 2, 1, 1780000000200,
        'running', 1780000009500, 1, 2, 1, 710, 9003, 55,
        '{"prompt":"the pier at dusk","negative":"fog","project":null,"workflow":null,"size":{"width":512,"height":768},"count":2,"seed":null,"steps":12,"cfg":7.5,"sampler":"euler","scheduler":"normal","model":"v15","loras":[],"reference":{"sha256":"abababababababababababababababababababababababababababababababab","path":"library/references/ab/one.png","size":{"width":512,"height":768}},"denoise":0.6}',
        '{"workflow":"img2img","prompt":"the pier at dusk","negative":"fog","size":{"width":512,"height":768},"count":2,"seed":7,"steps":12,"cfg":7.5,"sampler":"euler","scheduler":"normal","model":"v15.ckpt","loras":[],"reference":{"sha256":"abababababababababababababababababababababababababababababababab","path":"library/references/ab/one.png","size":{"width":512,"height":768}},"denoise":0.6}',
        NULL, 'img2img', 'v15.ckpt', 393216, 12, 2, '7');

INSERT INTO jobs (id, uid, origin_key, user, user_name, guild, channel, created, state, since, priority, attempt,
                  failure_kind, failure_message, failure_hint,
                  request, recipe, workflow, pixels, steps, count, seed)
SELECT 3, '00000000-0000-4000-8000-000000000003', 'interaction:3', user, user_name, 700, 710, created, 'failed',
       since, priority, 1, 'rejected', 'KSampler does not take that.', 'Choose another sampler.',
       request, replace(recipe, '"v15.ckpt"', 'null'), workflow, pixels, steps, count, seed
FROM jobs WHERE id = 2;

INSERT INTO jobs (id, uid, origin_key, user, user_name, guild, channel, created, state, since, priority, attempt,
                  request, recipe, workflow, model, pixels, steps, count, seed)
SELECT 4, '00000000-0000-4000-8000-000000000004', 'interaction:4', 42, 'hana', 700, 710, created, 'queued',
       since, 0, 1, request, recipe, workflow, model, pixels, steps, count, seed
FROM jobs WHERE id = 2;

INSERT INTO turns (user, turn) VALUES (42, 5), (43, 6);

INSERT INTO job_events (id, job, state, at, attempt, note)
VALUES (1, 1, 'queued', 1780000000100, 1, ''), (2, 1, 'delivered', 1780000009000, 1, ''),
       (3, 2, 'running', 1780000009500, 2, 'ComfyUI was restarted');

INSERT INTO artifacts (id, job, position, path, sha256, bytes, width, height, media_type, source_filename,
                       source_subfolder, source_type, source_node, message, attachment)
VALUES (1, 1, 0, 'library/cafe-noir/2026-05-28/1_0.png',
        'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 1620000, 832, 1216, 'image/png',
        'genga_00001_.png', 'genga/ab', 'output', '9', 9002, 9100);

INSERT INTO outbox (id, job, kind, part, nonce, state, created, tried, closed, channel, message, reason)
VALUES (1, 1, 'pictures', 0, 'nonce-1', 'sent', 1780000008900, 1, 1780000009000, 711, 9002, ''),
       (2, 1, 'notice', 0, 'nonce-2', 'sending', 1780000009000, 2, NULL, NULL, NULL, ''),
       (3, 3, 'notice', 0, 'nonce-3', 'dropped', 1780000009000, 1, 1780000009100, NULL, NULL, 'the channel is gone');

INSERT INTO guild_settings (guild, gallery_channel, gallery_kind, gallery_thread)
VALUES (700, 720, 'text', 721), (701, NULL, NULL, NULL);

INSERT INTO studio_settings (key, value)
VALUES ('paused_since', '1780000009900'),
       ('catalogue', '{"checkpoints":["xl.safetensors"],"loras":["ink.safetensors"],"samplers":["euler"],"schedulers":["normal"],"nodes":["KSampler"],"seen":1780000000000}');

INSERT INTO journal (id, kind, name, at, user, guild, channel, job, incident, detail)
VALUES (1, 'command', 'generate', 1780000000100, 42, 700, 710, 1, NULL, '{"prompt":"a heron"}'),
       (2, 'incident', 'worker', 1780000000300, NULL, NULL, NULL, 999, 'ab12cd', '{}');
