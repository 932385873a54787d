"""Adam with the paper's constants, and rows on the unit sphere (docs/method.md §2)."""
import torch

RATE, BETAS, EPSILON = 3e-4, (0.9, 0.99), 1e-8


def adam(parameters):
    return torch.optim.Adam(parameters, lr=RATE, betas=BETAS, eps=EPSILON)


@torch.no_grad()
def project(weight):
    """Rows to unit length, then the gradient orthogonal to them: just before the update."""
    weight /= weight.norm(dim=1, keepdim=True)
    weight.grad -= (weight.grad * weight).sum(dim=1, keepdim=True) * weight
