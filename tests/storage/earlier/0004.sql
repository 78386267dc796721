-- What 0004 made room for, in the rows that were there; and pictures that were counted from 1, as workflows of
-- several pictures counted them: their attachments had been written down one off.

UPDATE jobs SET card_settled = 1 WHERE id = 3;

INSERT INTO artifacts (id, job, position, path, sha256, bytes, width, height, media_type, source_filename,
                       source_subfolder, source_type, source_node, message, attachment)
SELECT 1 + number, 3, number, 'library/_/2026-05-28/3_' || number || '.png',
       'abababababababababababababababababababababababababababababababab', 1000, 512, 768, 'image/png',
       'genga_00002_.png', '', 'output', '9', 9004, 9200 + number
FROM (SELECT 1 AS number UNION ALL SELECT 2);
