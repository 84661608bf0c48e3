"""Three steps of each optimiser, by the formulas of PyTorch's documentation, with 50 digits.

The documentation's pseudo-code is written out here once more, without a look at the Rust; the
numbers that it prints are those in tests/optimisers.rs.
"""

from decimal import Decimal as D, getcontext

getcontext().prec = 50

START = D("1.5")
GRADIENTS = [D("0.5"), D("-2.25"), D("0.125")]
LR = D("0.1")


def sgd(momentum=None, nesterov=False):
    """https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html"""
    theta, b = START, None
    for g in GRADIENTS:
        if momentum is not None:
            b = g if b is None else momentum * b + g
            g = g + momentum * b if nesterov else b
        theta = theta - LR * g
        yield theta


def rmsprop(alpha=D("0.99"), eps=D("1e-8")):
    """https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html"""
    theta, v = START, D(0)
    for g in GRADIENTS:
        v = alpha * v + (1 - alpha) * g**2
        theta = theta - LR * g / (v.sqrt() + eps)
        yield theta


def adam(weight_decay=None, beta1=D("0.9"), beta2=D("0.999"), eps=D("1e-8")):
    """https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html and AdamW.html"""
    theta, m, v = START, D(0), D(0)
    for t, g in enumerate(GRADIENTS, start=1):
        if weight_decay is not None:
            theta = theta - LR * weight_decay * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - LR * m_hat / (v_hat.sqrt() + eps)
        yield theta


def show(name, steps):
    print(name, ", ".join(f"{float(theta)!r}" for theta in steps))


show("gradient descent", sgd())
show("momentum 0.9", sgd(D("0.9")))
show("Nesterov 0.9", sgd(D("0.9"), nesterov=True))
show("RMSProp", rmsprop())
show("RMSProp alpha 0.9 eps 0.01", rmsprop(D("0.9"), D("0.01")))
show("Adam", adam())
show("Adam beta 0.8 0.9 eps 0.01", adam(None, D("0.8"), D("0.9"), D("0.01")))
show("AdamW", adam(D("0.01")))
show("AdamW decay 0.5", adam(D("0.5")))
