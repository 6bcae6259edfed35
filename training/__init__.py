"""makes better models out of a site's own documents.

    data, mining        a site's FAQ tables and manuals -> rows to train on, and answers that are nearly right
    tokens              how a base's tokenizer cuts the site's text, and terms added to it
    domain              base, CPT, SFT, DPO, table, GGUF file: what ``andon train run`` does with a site's recipe
    tasks               a small model that classifies, from a task file and a teacher's texts
    two_choice          what a model knows; judge, facets: what it says; exports: for other people's programs
    bundled, cards      the small language model that ships, and the pages and made-up machines that it learns from
    embedder, safety    the embedder that ships (from ``facts``, too), and the measure of unsafe requests

Beside them: recipes and how they are read, run.json of any run, the teacher and what it said, errors.
"""
