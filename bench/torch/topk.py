"""torch.topk over the rows of a matrix. The value is the mean of the winners."""
import torch


class TopK:
    def __init__(self, arrays, sizes):
        self.x = arrays["x"]
        self.k = sizes["k"]

    def run(self):
        return torch.topk(self.x, self.k, dim=1)[0].mean()
