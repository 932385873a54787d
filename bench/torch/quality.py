"""ELSA trained in PyTorch, epoch by epoch: what bench/quality.ts measures against.

Standard input: one JSON line {folder, kind, items, factors, epochs, batch, columns, rate, clock}; the folder has
indptr.i32 and indices.i32, the training rows, a.f32, where A starts, and order.i32, each epoch's rows. For each epoch it
writes A's rows of unit length to out.f32 and prints the seconds that its steps took; then it waits for a line.
"""
import json
import sys
import time

import numpy
import torch

import elsa
from lists import Lists, from_arrays


def read(folder, name, kind):
    return torch.from_numpy(numpy.fromfile(f"{folder}/{name}", dtype=kind))


def rows_of(indptr, indices, rows, items):
    starts, ends = indptr[rows], indptr[rows + 1]
    chosen = torch.cat([indices[s:e] for s, e in zip(starts.tolist(), ends.tolist())])
    offsets = torch.cat([torch.zeros(1, dtype=torch.long), torch.cumsum(ends - starts, 0)[:-1]])
    return Lists(offsets, chosen, items)


def main():
    job = json.loads(sys.stdin.readline())
    clock = time.process_time if job["clock"] == "processor" else time.perf_counter
    folder, items, batch = job["folder"], job["items"], job["batch"]
    indptr = read(folder, "indptr.i32", numpy.int32).long()
    indices = read(folder, "indices.i32", numpy.int32).long()
    order = read(folder, "order.i32", numpy.int32).long().view(job["epochs"], -1)
    dense = job["kind"] == "dense"
    # The whole matrix is made dense before the clock starts, where that is the way and 4 GiB hold it.
    fits = dense and (len(indptr) - 1) * items < 2 ** 30
    x = from_arrays({"indptr": indptr.int(), "indices": indices.int()}, items).dense() if fits else None
    start = read(folder, "a.f32", numpy.float32).view(items, -1).clone()
    if job["kind"] == "sampled":
        step = elsa.Sampled(start, job["columns"], job["rate"])
    else:
        step = (elsa.Dense if dense else elsa.Sparse).__new__(elsa.Dense if dense else elsa.Sparse)
        step.a = torch.nn.Parameter(start)
        step.optimiser = elsa.adam([step.a])
        step.optimiser.param_groups[0]["lr"] = job["rate"]
    for epoch in range(job["epochs"]):
        began = clock()
        for rows in order[epoch].split(batch):
            if dense:
                step.x = x[rows] if x is not None else rows_of(indptr, indices, rows, items).dense()
            else:
                step.x = rows_of(indptr, indices, rows, items)
                step.flat = step.x.rows * items + step.x.indices
            step.run()
        took = clock() - began
        a = step.a.detach()
        (a / a.norm(dim=1, keepdim=True)).numpy().tofile(f"{folder}/out.f32")
        print(json.dumps(took), flush=True)
        if not sys.stdin.readline():
            return


main()
