"""A TopK SAE trained in PyTorch, some epochs at a time: what bench/quality-sae.ts measures against.

Standard input: one JSON line {folder, kind, users, factors, neurons, k, epochs, every, batch, rate, clock}; the folder has
u.f32, the embeddings, the four weights where training starts, and order.i32, each epoch's order of the rows. After every
so many epochs it writes the weights to *.out and prints the seconds that their steps took; then it waits for a line.
"""
import json
import sys
import time

import numpy
import torch

import sae

NAMES = ("encoder_w", "encoder_b", "decoder_w", "decoder_b")


def read(folder, name, kind=numpy.float32):
    return torch.from_numpy(numpy.fromfile(f"{folder}/{name}", dtype=kind))


def main():
    job = json.loads(sys.stdin.readline())
    clock = time.process_time if job["clock"] == "processor" else time.perf_counter
    folder, factors, neurons, batch = job["folder"], job["factors"], job["neurons"], job["batch"]
    shapes = {"encoder_w": (neurons, factors), "encoder_b": (neurons,), "decoder_w": (neurons, factors),
              "decoder_b": (factors,)}
    weights = {name: read(folder, f"{name}.f32").view(shapes[name]).clone() for name in NAMES}
    u = read(folder, "u.f32").view(-1, factors)
    order = read(folder, "order.i32", numpy.int32).long().view(-1, len(u))
    dense = job["kind"] == "dense"
    step = (sae.Dense if dense else sae.Sparse)({**weights, "u": None}, {"k": job["k"]})
    step.optimiser.param_groups[0]["lr"] = job["rate"]
    took = 0.0
    for epoch in range(job["epochs"]):
        began = clock()
        for rows in order[epoch].split(batch):
            step.u = u[rows]
            step.run()
        took += clock() - began
        if (epoch + 1) % job["every"]:
            continue
        for name in NAMES:
            out = getattr(step, name).detach()
            if name == "encoder_w" and dense:
                out = out.T
            if name == "decoder_w":
                out = out / out.norm(dim=1, keepdim=True)
            out.contiguous().numpy().tofile(f"{folder}/{name}.out")
        print(json.dumps(took), flush=True)
        took = 0.0
        if not sys.stdin.readline():
            return


main()
