"""The paper's curves of steering in PyTorch (docs/method.md §2-5), the other side of bench/steering-seeds.ts.

Standard input: one JSON line {folder, items, tags, factors, neurons, k, batch, seed, kinds}; the folder has the rows of
train, watched, input and target and the tags (T, I) as NAME.indptr.i32 and NAME.indices.i32, tags.values.f32, and
goals.i32, the tag of each test user. Standard output: one JSON list of points, as reference files have them.
"""
import json
import sys

import numpy
import torch
import torch.nn.functional as F

from lists import Lists
from sae import L1, standardise
from unit_rows import adam, project

LIST = 20
STRENGTHS = [0, 0.1, 0.2, 0.3, 0.4, 0.5]
"""Mappings with the numbers of neurons that the reference has."""
CURVES = {"best characterizes": (1, 5, 10), "most unique": (1,)}


def read(job, name, kind):
    return torch.from_numpy(numpy.fromfile(f"{job['folder']}/{name}", dtype=kind))


def rows_of(job, name):
    indptr, indices = read(job, f"{name}.indptr.i32", numpy.int32), read(job, f"{name}.indices.i32", numpy.int32)
    return Lists(indptr[:-1].long(), indices.long(), job["items"])


def fit(parameters, loss_of, unit, train, watched, epochs, patience, batch):
    """Adam until the watched loss has not fallen for `patience` epochs; the best weights are put back."""
    optimiser = adam(parameters)
    best, best_epoch, kept = float("inf"), 0, None
    for epoch in range(1, epochs + 1):
        for rows in torch.randperm(len(train)).split(batch):
            optimiser.zero_grad()
            loss_of(train[rows]).backward()
            project(unit)
            optimiser.step()
        with torch.no_grad():
            loss = sum(loss_of(part) * len(part) for part in watched.split(batch)).item() / len(watched)
        if loss < best:
            best, best_epoch, kept = loss, epoch, [p.detach().clone() for p in parameters]
        elif epoch - best_epoch >= patience:
            break
    with torch.no_grad():
        for p, value in zip(parameters, kept):
            p.copy_(value)
    print(f"{epoch} epochs, best {best:.5f} at {best_epoch}", file=sys.stderr)


def unit_uniform(rows, cols):
    weight = torch.empty(rows, cols)
    torch.nn.init.kaiming_uniform_(weight)
    return torch.nn.Parameter(weight / weight.norm(dim=1, keepdim=True))


def train_elsa(job, train, watched):
    a = unit_uniform(job["items"], job["factors"])

    def loss_of(x):
        y = torch.relu((x @ a) @ a.T - x)
        return (F.normalize(y, dim=1) - F.normalize(x, dim=1)).square().sum(dim=1).mean()

    fit([a], loss_of, a, train, watched, 400, 10, job["batch"])
    a = a.detach()
    return a / a.norm(dim=1, keepdim=True)


class Sae:
    """TopK. encoder (D, H), decoder (H, D)."""

    def __init__(self, job, kind):
        d, h = job["factors"], job["neurons"]
        encoder = torch.empty(d, h)
        torch.nn.init.kaiming_uniform_(encoder)
        self.k, self.kind = job["k"], kind
        self.encoder_w, self.encoder_b = torch.nn.Parameter(encoder), torch.nn.Parameter(torch.zeros(h))
        self.decoder_w, self.decoder_b = unit_uniform(h, d), torch.nn.Parameter(torch.zeros(d))
        self.parameters = [self.encoder_w, self.encoder_b, self.decoder_w, self.decoder_b]

    def encode(self, u):
        x, mean, std = standardise(u)
        pre = torch.relu((x - self.decoder_b) @ self.encoder_w + self.encoder_b)
        values, indices = torch.topk(pre, self.k, dim=1)
        return torch.zeros_like(pre).scatter_(1, indices, values), x, mean, std

    def decode(self, code, mean, std):
        return mean + std * (code @ self.decoder_w + self.decoder_b)

    def loss_of(self, u):
        code, x, mean, std = self.encode(u)
        out = self.decode(code, mean, std)
        target = x if self.kind["target"] == "standardised" else u
        loss = (out - target).square().mean() if self.kind["loss"] == "l2" else \
            (1 - F.cosine_similarity(out, target, dim=1)).mean()
        return loss + L1 * code.abs().sum(dim=1).mean()


def tfidf(x):
    """x: (terms, documents)"""
    column = x.sum(dim=0)
    df = (x != 0).sum(dim=1, keepdim=True)
    idf = torch.log((x.shape[1] + 1) / (df + 1)) + 1
    return torch.where(column > 0, x / column.clamp(min=1e-300), torch.zeros_like(x)) * idf


def neurons_of_tags(job, item_codes):
    """For each mapping (T, H) scores, dead neurons at minus infinity."""
    tags = rows_of(job, "tags")
    counts = torch.zeros(job["tags"], job["items"], dtype=torch.double)
    counts[tags.rows, tags.indices] = read(job, "tags.values.f32", numpy.float32).double()
    activity = (counts / counts.sum()) @ item_codes.double()
    dead = (item_codes > 0).sum(dim=0) == 0
    scores = {"best characterizes": tfidf(activity.T.contiguous()).T, "most unique": tfidf(activity)}
    return {name: score.masked_fill(dead, -1) for name, score in scores.items()}, counts > 0


def gains(lists, wanted):
    """recall@20 and nDCG@20, means over users. lists: (U, 20), wanted: (U, I) bool."""
    hits = torch.gather(wanted, 1, lists).double()
    discounts = 1 / torch.log2(torch.arange(2, LIST + 2, dtype=torch.double))
    most = wanted.sum(dim=1).clamp(max=LIST)
    ideal = torch.cat([torch.zeros(1, dtype=torch.double), torch.cumsum(discounts, 0)])[most]
    return (hits.sum(dim=1) / most.clamp(min=1)).mean().item(), \
        torch.where(ideal > 0, (hits @ discounts) / ideal.clamp(min=1e-9), ideal).mean().item()


@torch.no_grad()
def curves(job, a, sae, name):
    given, wanted = rows_of(job, "input").dense(), rows_of(job, "target").dense() > 0
    goals = read(job, "goals.i32", numpy.int32).long()
    counted = goals >= 0
    item_codes = sae.encode(a)[0]
    scores, tagged = neurons_of_tags(job, item_codes)
    code, _, mean, std = sae.encode(given @ a)
    total = code.sum(dim=1, keepdim=True)
    points = []
    for mapping, tops in CURVES.items():
        for top in tops:
            best, chosen = torch.topk(scores[mapping][goals.clamp(min=0)], top, dim=1)
            share = (best > 0).float()
            target = torch.zeros_like(code).scatter_(1, chosen, share / share.sum(dim=1, keepdim=True).clamp(min=1))
            for strength in STRENGTHS:
                moves = (counted & (share.sum(dim=1) > 0))[:, None] * strength
                turned = (1 - moves) * code + moves * total * target
                out = torch.relu(sae.decode(turned, mean, std) @ a.T - given)
                out[given > 0] = float("-inf")
                lists = torch.topk(out, LIST, dim=1)[1][counted]
                personal = gains(lists, wanted[counted])
                segment = gains(lists, tagged[goals[counted]])
                points.append({
                    "sae": name, "mapping": mapping, "top_n": top, "alpha": strength,
                    "recall20_personal": personal[0], "ndcg20_personal": personal[1],
                    "recall20_segment": segment[0], "ndcg20_segment": segment[1],
                })
    return points


def main():
    job = json.loads(sys.stdin.readline())
    torch.manual_seed(job["seed"])
    train, watched = rows_of(job, "train").dense(), rows_of(job, "watched").dense()
    a = train_elsa(job, train, watched)
    points = []
    for name, kind in job["kinds"].items():
        sae = Sae(job, kind)
        fit(sae.parameters, sae.loss_of, sae.decoder_w, train @ a, watched @ a, 250, 50, job["batch"])
        points += curves(job, a, sae, name)
    print(json.dumps(points))


main()
