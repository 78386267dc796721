-- What 0005 made room for: a project with a style and a character, and a picture that was reviewed.

INSERT INTO job_words (rowid, typed, drawn, cast)
SELECT id, json_extract(request, '$.prompt'), json_extract(recipe, '$.prompt'), '' FROM jobs;

INSERT INTO styles (id, project, name, folded, created, created_by)
VALUES (1, 1, 'Ink', 'ink', 1780000001000, 42), (2, 1, 'Wash', 'wash', 1780000001001, 42);

INSERT INTO style_revisions (style, number, sheet, by, at, why)
VALUES (1, 1, '{"steps":30}', 42, 1780000001000, ''), (1, 2, '{"steps":32}', 43, 1780000002000, 'finer'),
       (2, 1, '{"positive":"wash"}', 42, 1780000001001, '');

UPDATE projects
SET description = 'Night scenes', threads = 'character', rating = 'adult', workflow = 'txt2img', style = 1
WHERE id = 1;

UPDATE projects SET archived = 1780000003000 WHERE id = 2;

INSERT INTO project_threads (project, subject, thread) VALUES (1, 'mira', 712);

INSERT INTO characters (id, project, name, folded, slug, created, created_by, design_prompt, hair, eyes, clothing,
                        key_colours, common_errors, trigger_word, lora, lora_strength)
VALUES (1, 1, 'Mira', 'mira', 'mira', 1780000001000, 42, '1girl', 'black', 'grey', 'coat', 'red', 'hat', 'mira',
        'mira.safetensors', 0.8);

INSERT INTO variations (id, character, kind, name, folded, prompt)
VALUES (1, 1, 'outfit', 'Kimono', 'kimono', 'white kimono');

INSERT INTO character_references (id, character, pose, path, sha256, bytes, width, height, added, added_by, artifact)
VALUES (1, 1, 'front', 'library/references/ef/efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef.png',
        'efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef', 2000, 512, 768, 1780000001500, 42, 1);

UPDATE artifacts
SET kind = 'upscales', created = 1780000009000, guild = 700, project = 1, thumbnail = 'library/thumbnails/1.webp',
    origin_sha256 = 'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', fingerprint = -7,
    review = 'approved'
WHERE id = 1;

INSERT INTO artifact_characters (artifact, character, review) VALUES (1, 1, 'approved');

UPDATE artifacts SET deleted = 1780000009500, created = 1780000009000, attachment = NULL WHERE job = 3;

INSERT INTO discards (path, at) VALUES ('library/_/2026-05-28/3_1.png', 1780000009500);
