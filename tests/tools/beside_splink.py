"""Splink on the same file, to be measured beside `ghl-tui duplicates find`.

    pip install splink==4.0.6 "sqlglot<26" "pandas<3"
    time python tests/tools/beside_splink.py RECORDS.csv OUT.jsonl
    time ghl-tui duplicates find --input RECORDS.csv --json > OURS.jsonl

RECORDS.csv has the columns of the API: id, firstName, lastName, email, phone, address1, city, postalCode, dateOfBirth.
The settings are those that Splink's own guides give for people: its ready-made comparisons with term frequencies, u by
random sampling, m by expectation and maximisation, clusters at 0.5. Both write a line for each group.
"""

import json
import sys

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

records, out = sys.argv[1:3]
people = pd.read_csv(records, dtype=str)
people["firstName"] = people["firstName"].str.lower()
people["lastName"] = people["lastName"].str.lower()
people["email"] = people["email"].str.lower()
people["phone"] = people["phone"].str.replace(r"\D", "", regex=True).str[-10:].replace("", None)

settings = SettingsCreator(
    link_type="dedupe_only",
    unique_id_column_name="id",
    comparisons=[
        cl.JaroWinklerAtThresholds("firstName", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("lastName", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
        cl.LevenshteinAtThresholds("phone", [1, 2]),
        cl.LevenshteinAtThresholds("address1", [2, 5]),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postalCode"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("email"),
        block_on("phone"),
        block_on("firstName", "lastName"),
        block_on("lastName", "postalCode"),
        block_on("address1", "postalCode"),
    ],
)
linker = Linker(people, settings, DuckDBAPI())
linker.training.estimate_probability_two_random_records_match([block_on("email", "firstName")], recall=0.6)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("email"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("firstName", "lastName"))
pairs = linker.inference.predict(threshold_match_probability=0.5)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.5).as_pandas_dataframe()
with open(out, "w", encoding="utf-8") as lines:
    for _, cluster in clusters.groupby("cluster_id"):
        if len(cluster) > 1:
            lines.write(json.dumps({"cluster": sorted(cluster["id"]), "score": 1.0}) + "\n")
