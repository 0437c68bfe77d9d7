"""How many threads numpy takes for one product of matrices in this process."""

from threadpoolctl import threadpool_limits


def one_each() -> None:
    """One from now on: many visitors' small products share the cores already, and waiting threads spin on them."""
    threadpool_limits(limits=1, user_api="blas")
