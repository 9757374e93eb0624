"""Write the figures that internal/eval/score is held to.

Reads pairs of invented sentences from internal/eval/score/testdata/pairs.jsonl
and puts the scores of sacrebleu and rouge-score beside each. From the root:

    python3 -m venv .venv-scores
    .venv-scores/bin/pip install -r scripts/scores/requirements.txt
    .venv-scores/bin/python scripts/scores/scores.py
"""

import importlib.metadata
import json
import pathlib

from rouge_score import rouge_scorer
from sacrebleu.metrics import CHRF

FILE = pathlib.Path("internal/eval/score/testdata/pairs.jsonl")


def main():
    chrf = CHRF()
    rouge = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    versions = {n: importlib.metadata.version(n) for n in ("sacrebleu", "rouge-score")}
    lines = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        text, reference = pair["text"], pair["reference"]
        scores = rouge.score(reference, text)
        pair["want"] = {
            "chrf": chrf.sentence_score(text, [reference]).score,
            "rouge1": 100 * scores["rouge1"].fmeasure,
            "rouge2": 100 * scores["rouge2"].fmeasure,
            "rouge_l": 100 * scores["rougeL"].fmeasure,
        }
        pair["versions"] = versions
        lines.append(json.dumps(pair, ensure_ascii=False))
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
