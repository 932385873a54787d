"""Recommending through ELSA and a TopK SAE (docs/method.md §3): scores = relu(SAE(xA)·Aᵀ − x), seen items masked,
the best 20 of each row. The value is the mean of those scores.

Dense takes a dense batch and makes a dense code; Sparse has lists for both.
"""
import torch

import sae
from lists import Lists, from_arrays

LENGTH = 20


class Dense:
    def __init__(self, arrays, sizes):
        self.a = arrays["a"]
        self.x = from_arrays(arrays, sizes["items"]).dense()
        self.sae = sae.Dense({**arrays, "u": None}, sizes)

    @torch.no_grad()
    def run(self):
        u, mean, std = sae.standardise(self.x @ self.a)
        e = mean + std * (self.sae.encode(u) @ self.sae.decoder_w + self.sae.decoder_b)
        scores = torch.relu(e @ self.a.T - self.x)
        scores[self.x > 0] = float("-inf")
        return torch.topk(scores, LENGTH, dim=1)[0].mean()


class Sparse:
    def __init__(self, arrays, sizes):
        self.a = arrays["a"]
        self.x = from_arrays(arrays, sizes["items"])
        self.flat = self.x.rows * sizes["items"] + self.x.indices
        self.sae = sae.Sparse({**arrays, "u": None}, sizes)

    @torch.no_grad()
    def run(self):
        model = self.sae
        u, mean, std = sae.standardise(self.x.times(self.a))
        _, indices, values = model.encode(u)
        code = Lists(torch.arange(0, values.numel(), model.k), indices.view(-1), len(model.encoder_b))
        e = mean + std * (code.times(model.decoder_w, values.view(-1)) + model.decoder_b)
        scores = (e @ self.a.T).relu_()
        # Seen items are the only ones that x is taken from, and they are masked.
        scores.view(-1)[self.flat] = float("-inf")
        return torch.topk(scores, LENGTH, dim=1)[0].mean()
