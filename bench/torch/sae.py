"""One TopK SAE training step with the paper's objective (docs/method.md §3): cosine loss against the standardised
embedding, plus the L1 term.

Dense is the formula with autograd: the code is a dense matrix, five products. Sparse keeps the K active neurons of a
row as a list and writes the gradients out: one product (the encoder) and the same result.
"""
import torch
import torch.nn.functional as F

from lists import Lists
from unit_rows import adam, project

L1 = 3e-4


def standardise(u):
    mean = u.mean(dim=1, keepdim=True)
    std = u.std(dim=1, keepdim=True) + 1e-7
    return (u - mean) / std, mean, std


class Dense:
    def __init__(self, arrays, sizes):
        self.u = arrays["u"]
        self.k = sizes["k"]
        # (D, H), as the formula has it; the Node side sends (H, D).
        self.encoder_w = torch.nn.Parameter(arrays["encoder_w"].T.contiguous())
        self.encoder_b = torch.nn.Parameter(arrays["encoder_b"])
        self.decoder_w = torch.nn.Parameter(arrays["decoder_w"])
        self.decoder_b = torch.nn.Parameter(arrays["decoder_b"])
        self.optimiser = adam([self.encoder_w, self.encoder_b, self.decoder_w, self.decoder_b])

    def encode(self, x):
        pre = torch.relu((x - self.decoder_b) @ self.encoder_w + self.encoder_b)
        values, indices = torch.topk(pre, self.k, dim=1)
        return torch.zeros_like(pre).scatter_(1, indices, values)

    def run(self):
        self.optimiser.zero_grad()
        x, mean, std = standardise(self.u)
        code = self.encode(x)
        out = mean + std * (code @ self.decoder_w + self.decoder_b)
        loss = (1 - F.cosine_similarity(out, x, dim=1)).mean() + L1 * code.abs().sum(dim=1).mean()
        loss.backward()
        project(self.decoder_w)
        self.optimiser.step()
        return loss.detach()


class Sparse:
    def __init__(self, arrays, sizes):
        self.u = arrays["u"]
        self.k = sizes["k"]
        self.encoder_w, self.encoder_b, self.decoder_w, self.decoder_b = (
            torch.nn.Parameter(arrays[name]) for name in ("encoder_w", "encoder_b", "decoder_w", "decoder_b"))
        self.optimiser = adam([self.encoder_w, self.encoder_b, self.decoder_w, self.decoder_b])

    def encode(self, x):
        """The centred rows and their code: (B, K) indices and values, 0 where fewer than K are positive."""
        centred = x - self.decoder_b
        pre = torch.addmm(self.encoder_b, centred, self.encoder_w.T)
        values, indices = torch.topk(pre, self.k, dim=1, sorted=False)
        return centred, indices, values.relu_()

    @torch.no_grad()
    def run(self):
        batch, neurons = len(self.u), len(self.encoder_b)
        x, mean, std = standardise(self.u)
        centred, indices, values = self.encode(x)
        lists = Lists(torch.arange(0, batch * self.k, self.k), indices.view(-1), neurons)
        weights = values.view(-1)
        out = mean + std * (lists.times(self.decoder_w, weights) + self.decoder_b)

        norm, x_norm = out.norm(dim=1, keepdim=True), x.norm(dim=1, keepdim=True)
        cosine = (out * x).sum(dim=1, keepdim=True) / (norm * x_norm)
        loss = (1 - cosine).mean() + L1 * values.sum() / batch
        d_decoded = (cosine * out / norm ** 2 - x / (norm * x_norm)) * (std / batch)
        d_values = torch.ops.aten._embedding_bag_per_sample_weights_backward(
            d_decoded, self.decoder_w, lists.indices, lists.offsets, lists.rows, 0)
        d_values = torch.where(weights > 0, d_values + L1 / batch, torch.zeros_like(weights))

        transposed, order = lists.transpose()
        self.decoder_w.grad = transposed.times(d_decoded, weights[order])
        self.encoder_w.grad = transposed.times(centred, d_values[order])
        self.encoder_b.grad = torch.zeros(neurons).index_add_(0, lists.indices, d_values)
        self.decoder_b.grad = d_decoded.sum(dim=0) - self.encoder_b.grad @ self.encoder_w
        project(self.decoder_w)
        self.optimiser.step()
        return loss
