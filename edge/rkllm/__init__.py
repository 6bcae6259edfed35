"""A Rockchip NPU (RK3588) runs the model: the vendor's librkllmrt.so, called by ctypes."""
