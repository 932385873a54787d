"""One ELSA training step (docs/method.md §2): e = xA, y = relu(eAᵀ − x), loss = mean ‖y/‖y‖ − x/‖x‖‖².

Dense is the formula with autograd on a dense batch, five products. Sparse is what a good engineer makes of it: the
batch stays sparse and the gradient is written out, three products and the same result.
"""
import torch

from lists import from_arrays
from unit_rows import adam, project


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
        x, a = self.x, self.a
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
        a.grad = gradient
        project(a)
        self.optimiser.step()
        return loss
