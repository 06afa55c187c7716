-- Read-only vocabularies. The sets in the sources differ and are not to be merged, so each word names its scheme.
CREATE TABLE principles (
    id uuid PRIMARY KEY,
    scheme text NOT NULL CHECK (scheme IN ('ccin', 'ica')),
    slug text NOT NULL UNIQUE,
    label text NOT NULL,
    definition text NOT NULL,
    position integer NOT NULL,
    UNIQUE (scheme, position)
);
COMMENT ON TABLE principles IS 'CCIN''s ten principles (scheme ccin) and the seven principles of the International Co-operative Alliance (scheme ica)';
COMMENT ON COLUMN principles.slug IS 'Key used by initiatives; those of the ICA begin with ica-';
COMMENT ON COLUMN principles.definition IS 'Plain-English gloss, written for the registry';
COMMENT ON COLUMN principles.position IS 'Order within the scheme, from 1';

CREATE TABLE co_operative_values (
    id uuid PRIMARY KEY,
    scheme text NOT NULL CHECK (scheme IN ('co_operative', 'ethical')),
    slug text NOT NULL UNIQUE,
    label text NOT NULL,
    definition text NOT NULL,
    position integer NOT NULL,
    UNIQUE (scheme, position)
);
COMMENT ON TABLE co_operative_values IS 'The six co-operative and the four ethical values of the co-operative identity statement';

INSERT INTO principles (id, scheme, slug, label, definition, position) VALUES
 ('01930000-0000-7000-8000-000000000101', 'ccin', 'social-partnership', 'Social partnership', 'Citizens, communities, enterprises and the council meet needs together, as partners with duties to one another.', 1),
 ('01930000-0000-7000-8000-000000000102', 'ccin', 'democratic-engagement', 'Democratic engagement', 'Everyone can play a full part in the decisions that shape their local community.', 2),
 ('01930000-0000-7000-8000-000000000103', 'ccin', 'co-production', 'Co-production', 'Services are designed and delivered with the people who use them, not for them.', 3),
 ('01930000-0000-7000-8000-000000000104', 'ccin', 'enterprise-social-economy', 'Enterprise and social economy', 'New enterprises, co-operatives and social businesses are helped to start and to grow.', 4),
 ('01930000-0000-7000-8000-000000000105', 'ccin', 'maximising-social-value', 'Maximising social value', 'Spending, buying and commissioning are judged by all the good that they do locally.', 5),
 ('01930000-0000-7000-8000-000000000106', 'ccin', 'community-leadership', 'Community leadership and a new role for councillors', 'Councillors act as leaders of their communities and brokers of local action.', 6),
 ('01930000-0000-7000-8000-000000000107', 'ccin', 'new-models-of-meeting-priority-needs', 'New models of meeting priority needs', 'Needs that matter most are met in new ways, by whichever form of organisation suits them.', 7),
 ('01930000-0000-7000-8000-000000000108', 'ccin', 'innovation', 'Innovation', 'New ideas are sought, tried in practice and taken up when they work.', 8),
 ('01930000-0000-7000-8000-000000000109', 'ccin', 'learning', 'Learning', 'Experience is shared openly, and what others have learnt is put to use.', 9),
 ('01930000-0000-7000-8000-000000000110', 'ccin', 'walking-the-talk', 'Walking the talk', 'The council runs itself by the principles that it asks of others.', 10),
 ('01930000-0000-7000-8000-000000000201', 'ica', 'ica-voluntary-and-open-membership', 'Voluntary and open membership', 'Anyone who can use the co-operative and accepts its duties may join, without discrimination.', 1),
 ('01930000-0000-7000-8000-000000000202', 'ica', 'ica-democratic-member-control', 'Democratic member control', 'Members set the policies and make the decisions, each with an equal vote.', 2),
 ('01930000-0000-7000-8000-000000000203', 'ica', 'ica-member-economic-participation', 'Member economic participation', 'Members contribute fairly to the capital and control it together.', 3),
 ('01930000-0000-7000-8000-000000000204', 'ica', 'ica-autonomy-and-independence', 'Autonomy and independence', 'A co-operative stays under its members'' control whatever it agrees with others.', 4),
 ('01930000-0000-7000-8000-000000000205', 'ica', 'ica-education-training-and-information', 'Education, training and information', 'Members and staff are trained, and the public is told what co-operation is.', 5),
 ('01930000-0000-7000-8000-000000000206', 'ica', 'ica-co-operation-among-co-operatives', 'Co-operation among co-operatives', 'Co-operatives work together, locally and beyond.', 6),
 ('01930000-0000-7000-8000-000000000207', 'ica', 'ica-concern-for-community', 'Concern for community', 'Co-operatives work for the lasting good of their communities.', 7);

INSERT INTO co_operative_values (id, scheme, slug, label, definition, position) VALUES
 ('01930000-0000-7000-8000-000000000301', 'co_operative', 'self-help', 'Self-help', 'People improve their own lives by acting together.', 1),
 ('01930000-0000-7000-8000-000000000302', 'co_operative', 'self-responsibility', 'Self-responsibility', 'People answer for what they do and own their part in it.', 2),
 ('01930000-0000-7000-8000-000000000303', 'co_operative', 'democracy', 'Democracy', 'Those concerned have an equal say in how things are run.', 3),
 ('01930000-0000-7000-8000-000000000304', 'co_operative', 'equality', 'Equality', 'Everyone has the same rights and the same voice.', 4),
 ('01930000-0000-7000-8000-000000000305', 'co_operative', 'equity', 'Equity', 'People are treated fairly, each according to their circumstances.', 5),
 ('01930000-0000-7000-8000-000000000306', 'co_operative', 'solidarity', 'Solidarity', 'People support one another and those who co-operate elsewhere.', 6),
 ('01930000-0000-7000-8000-000000000307', 'ethical', 'honesty', 'Honesty', 'Saying what is so, about successes and failures alike.', 1),
 ('01930000-0000-7000-8000-000000000308', 'ethical', 'openness', 'Openness', 'Nothing that members and the public should know is kept from them.', 2),
 ('01930000-0000-7000-8000-000000000309', 'ethical', 'social-responsibility', 'Social responsibility', 'Weighing the effect of what is done on the wider community.', 3),
 ('01930000-0000-7000-8000-000000000310', 'ethical', 'caring-for-others', 'Caring for others', 'Acting out of concern for other people.', 4);
