"""Sparse rows for PyTorch: offsets and indices, their transpose, and products by way of embedding_bag.

In PyTorch 1.13 on a CPU embedding_bag is the fastest product of a sparse and a dense matrix, faster than CSR tensors.
"""
import torch
import torch.nn.functional as F


class Lists:
    """A sparse (rows, cols) matrix: row r has the columns indices[offsets[r]] ... up to the next offset."""

    def __init__(self, offsets, indices, cols):
        self.offsets = offsets
        self.indices = indices
        self.cols = cols
        counts = torch.diff(offsets, append=torch.tensor([len(indices)], dtype=offsets.dtype))
        self.rows = torch.repeat_interleave(torch.arange(len(offsets)), counts)
        self.counts = counts

    def times(self, dense, values=None):
        """X·dense"""
        return F.embedding_bag(self.indices, dense, self.offsets, mode="sum", per_sample_weights=values)

    def transpose(self):
        """Xᵀ and where its entries stand in X."""
        _, order = torch.sort(self.indices, stable=True)
        offsets = torch.cumsum(torch.bincount(self.indices, minlength=self.cols), 0)
        offsets = torch.cat([offsets.new_zeros(1), offsets[:-1]])
        transposed = Lists.__new__(Lists)
        transposed.offsets = offsets
        transposed.indices = self.rows[order]
        transposed.cols = len(self.offsets)
        return transposed, order

    def dense(self):
        """X as a dense matrix of ones."""
        x = torch.zeros(len(self.offsets), self.cols)
        x[self.rows, self.indices] = 1
        return x


def from_arrays(arrays, cols):
    """The batch that the Node side sends: indptr (rows + 1) and indices, both 32-bit."""
    return Lists(arrays["indptr"][:-1].long(), arrays["indices"].long(), cols)
