"""Reads a model folder with numpy alone, scores users with it, and prints JSON: the other half of exchange.test.ts.

    python3 read_model.py MODEL_FOLDER USERS.json

USERS.json is a list of lists of item numbers. The formulas are those of docs/method.md §2 and §3 for inference, written
down again from the paper, not translated from unknot.
"""
import json
import struct
import sys

import numpy as np


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
        tensors[name] = values.astype(np.float64)
    return tensors


def encode(w, x):
    if "encoder" in w:
        return x @ w["encoder"]
    hidden = np.tanh(x @ w["encoder.fc0.weight"].T + w["encoder.fc0.bias"])
    return hidden @ w["encoder_mu.weight"].T + w["encoder_mu.bias"]


def decode(w, e, x):
    if "encoder" in w:
        return np.maximum(e @ w["encoder"].T - x, 0)
    hidden = np.tanh(e @ w["decoder.fc0.weight"].T + w["decoder.fc0.bias"])
    logits = hidden @ w["decoder.fc1.weight"].T + w["decoder.fc1.bias"]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def through_sae(w, u, config):
    mean = u.mean(axis=1, keepdims=True)
    std = u.std(axis=1, ddof=1, keepdims=True) + 1e-7
    pre = np.maximum(((u - mean) / std - w["decoder_b"]) @ w["encoder_w"] + w["encoder_b"], 0)
    if config["kind"] in ("topk", "matryoshka"):
        kth = np.sort(pre, axis=1)[:, -config["k"]][:, None]
        pre = np.where(pre >= kth, pre, 0)
    elif config["kind"] == "batch-topk":
        pre = np.where(pre >= w["threshold"][0], pre, 0)
    elif config["kind"] == "jumprelu":
        pre = np.where(pre > np.exp(w["log_threshold"]), pre, 0)
    return mean + std * (pre @ w["decoder_w"] + w["decoder_b"])


folder, users = sys.argv[1:]
weights = read_safetensors(f"{folder}/model.safetensors")
with open(f"{folder}/unknot.json", encoding="utf8") as file:
    description = json.load(file)
with open(users, encoding="utf8") as file:
    lists = json.load(file)
x = np.zeros((len(lists), description["shape"]["items"]))
for row, items in enumerate(lists):
    x[row, items] = 1
u = encode(weights, x)
plain = decode(weights, u, x)
nested = decode(weights, through_sae(weights, u, description["config"]["sae"]), x)
json.dump({
    "names": sorted(weights), "plain": plain.tolist(), "nested": nested.tolist(),
    "sums": {name: float(values.sum()) for name, values in weights.items()},
}, sys.stdout)
