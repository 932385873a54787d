"""One ELSA training step (docs/method.md §2): e = xA, y = relu(eAᵀ − x), loss = mean ‖y/‖y‖ − x/‖x‖‖².

Dense is the formula with autograd on a dense batch, five products. Sparse is what a good engineer makes of it: the
batch stays sparse and the gradient is written out, three products and the same result. Sampled is that over the batch's
items and some negatives, where Adam touches their rows alone.
"""
import torch

from lists import from_arrays
from unit_rows import BETAS, EPSILON, adam, project


class Dense:
    def __init__(self, arrays, sizes):
        self.a = torch.nn.Parameter(arrays["a"])
        self.x = from_arrays(arrays, sizes["items"]).dense()
        self.optimiser = adam([self.a])

    def run(self):
        x = self.x
        self.optimiser.zero_grad()
        y = torch.relu((x @ self.a) @ self.a.T - x)
        difference = torch.nn.functional.normalize(y, dim=1) - torch.nn.functional.normalize(x, dim=1)
        loss = difference.square().sum(dim=1).mean()
        loss.backward()
        project(self.a)
        self.optimiser.step()
        return loss.detach()


class Sparse:
    def __init__(self, arrays, sizes):
        self.a = torch.nn.Parameter(arrays["a"])
        self.x = from_arrays(arrays, sizes["items"])
        self.flat = self.x.rows * sizes["items"] + self.x.indices
        self.optimiser = adam([self.a])

    @torch.no_grad()
    def run(self):
        loss, self.a.grad = self.gradient(self.a)
        project(self.a)
        self.optimiser.step()
        return loss

    def gradient(self, a):
        x = self.x
        batch = len(x.offsets)
        e = x.times(a)
        y = e @ a.T
        flat = y.view(-1)
        flat[self.flat] -= 1
        y.relu_()
        seen = flat[self.flat]
        dot = torch.zeros(batch).index_add_(0, x.rows, seen)
        norm = torch.linalg.vector_norm(y, dim=1)
        x_norm = x.counts.sqrt()
        loss = (2 - 2 * dot / (norm * x_norm)).mean()
        # dP = α·ŷ with ŷ = y − (β/α)·x on y's support: only the entries of x change.
        alpha = (2 / batch) * dot / (x_norm * norm ** 3)
        flat[self.flat] = torch.where(seen > 0, seen - (norm ** 2 / dot)[x.rows], seen)
        d_e = (y @ a) * alpha[:, None]
        gradient = y.T @ (e * alpha[:, None])
        gradient += x.transpose()[0].times(d_e)
        return loss, gradient


class Sampled(Sparse):
    """most: columns a step, the batch's own included. a: (items, factors), of which a step takes what it looks at."""

    def __init__(self, a, most, rate):
        self.a, self.most, self.rate, self.t = a, most, rate, 0
        self.m, self.v = torch.zeros_like(a), torch.zeros_like(a)
        self.place = torch.empty(len(a), dtype=torch.long)

    @torch.no_grad()
    def run(self):
        whole, others = self.x, torch.ones(len(self.a), dtype=torch.bool)
        own = torch.unique(whole.indices)
        others[own] = False
        others = others.nonzero()[:, 0]
        negatives = others[torch.randperm(len(others))[: max(1, self.most - len(own))]]
        columns = torch.cat([own, negatives])
        self.place[columns] = torch.arange(len(columns))
        self.x = type(whole)(whole.offsets, self.place[whole.indices], len(columns))
        self.flat = self.x.rows * len(columns) + self.x.indices
        a = torch.nn.Parameter(self.a[columns])
        loss, a.grad = self.gradient(a)
        project(a)
        self.t += 1
        (b1, b2), g = BETAS, a.grad
        m = self.m[columns].lerp_(g, 1 - b1)
        v = self.v[columns].mul_(b2).addcmul_(g, g, value=1 - b2)
        root = (v / (1 - b2 ** self.t)).sqrt_().add_(EPSILON)
        a.data.addcdiv_(m, root, value=-self.rate / (1 - b1 ** self.t))
        self.a[columns], self.m[columns], self.v[columns] = a.data, m, v
        return loss
