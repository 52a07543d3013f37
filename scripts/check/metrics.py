"""Random predictions with scikit-learn's measures of them.

usage: metrics.py SEED COUNT        prints a JSON list
"""
import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn import calibration, metrics

warnings.simplefilter("ignore")
rng = np.random.RandomState(int(sys.argv[1]))
cases = []


def maybe(measure, *args, **kwargs):
    try:
        value = measure(*args, **kwargs)
        return None if np.isnan(value) else float(value)
    except ValueError:
        return None


for number in range(int(sys.argv[2])):
    classes = int(rng.choice([2, 2, 3, 4, 10, 25]))
    samples = int(rng.choice([1, 2, 5, 30, 200, 1000]))
    y = rng.choice(classes, samples, p=rng.dirichlet(np.ones(classes) * rng.choice([0.3, 5])))
    z = rng.randn(samples, classes) * rng.choice([0.1, 1, 8])
    z[np.arange(samples), y] += rng.choice([0, 1, 3])
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    if rng.randint(3) == 0:
        # Many equal scores.
        p = np.maximum(np.round(p, 1), 0.05)
        p /= p.sum(1, keepdims=True)
    pred = p.argmax(1)
    labels = list(range(classes))
    names = ["".join(rng.choice(list("abc xyzäß漢\U0001F951"), rng.randint(1, 20))) for _ in labels]
    digits = int(rng.choice([0, 2, 3, 4]))
    zero = int(rng.randint(2))
    full = len(np.unique(y)) == classes
    onehot = np.eye(classes)[y]
    confidence, right = p.max(1), pred == y
    true_share, mean_confidence = calibration.calibration_curve(right, confidence, n_bins=15) if len(np.unique(right)) == 2 else ([], [])
    area = (lambda **kw: maybe(metrics.roc_auc_score, y, p, labels=labels, **kw)) if classes > 2 else (lambda **kw: maybe(metrics.roc_auc_score, y, p[:, 1]))
    cases.append({
        "names": names, "truth": y.tolist(), "scores": p.ravel().tolist(), "digits": digits, "zero": zero,
        "report": metrics.classification_report(y, pred, labels=labels, target_names=names, digits=digits, zero_division=zero),
        "accuracy": metrics.accuracy_score(y, pred), "kappa": maybe(metrics.cohen_kappa_score, y, pred),
        "matthews": metrics.matthews_corrcoef(y, pred), "balanced": metrics.balanced_accuracy_score(y, pred),
        "logLoss": metrics.log_loss(y, p, labels=labels),
        "brier": metrics.brier_score_loss(y, p[:, 1]) if classes == 2 else maybe(metrics.brier_score_loss, y, p, labels=labels),
        "ovrMacro": area(multi_class="ovr", average="macro") if full else None,
        "ovrWeighted": area(multi_class="ovr", average="weighted") if full else None,
        "ovoMacro": area(multi_class="ovo", average="macro") if full else None,
        "ovoWeighted": area(multi_class="ovo", average="weighted") if full else None,
        "precisions": [maybe(metrics.average_precision_score, onehot[:, c], p[:, c]) if onehot[:, c].any() else None for c in labels],
        "trueShare": list(true_share), "meanConfidence": list(mean_confidence),
    })
print(json.dumps({"sklearn": sklearn.__version__, "cases": cases}))
