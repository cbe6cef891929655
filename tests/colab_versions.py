"""What Colab has, for what the course needs directly or through another package.

The first group is the list in the course's design; the second comes from Colab's own published list
(googlecolab/backend-info, pip-freeze.gpu.txt). The jobs that build on it: test_packaging, book/test_colab.
"""

COLAB = {
    "torch": "2.11.0",
    "numpy": "2.1.3",
    "matplotlib": "3.10.0",
    "seaborn": "0.13.2",
    "ipywidgets": "7.7.1",
    "ipython": "7.34.0",
    "traitlets": "5.7.1",
    "anywidget": "0.9.21",
    "tqdm": "4.67.3",
    "safetensors": "0.8.0",
    "accelerate": "1.14.0",
    "transformers": "5.15.0",
    #
    "click": "8.4.1",
    "cloudpickle": "3.1.2",
    "ipykernel": "6.17.1",
    "jupyter-client": "7.4.9",
    "lxml": "6.1.1",
    "packaging": "26.2",
    "platformdirs": "4.10.0",
    "pooch": "1.9.0",
    "psygnal": "0.15.1",
    "regex": "2025.11.3",
    "requests": "2.32.4",
    "rich": "13.9.4",
    "shellingham": "1.5.4",
    "tabulate": "0.9.0",
    "tokenizers": "0.22.2",
    "typer": "0.25.1",
    "typing-extensions": "4.15.0",
}

# What installing the course adds there: all of it small and pure Python.
ADDED = {"s2s-course", "sacrebleu", "portalocker", "colorama", "jaxtyping", "wadler-lindig"}
