package org.rlaif.torch;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.rlaif.model.Linear;
import org.rlaif.model.Lora;

/**
 * A low-rank adapter in LibTorch; see {@link Lora} for the mathematics.
 *
 * @param tensors A and B of every matrix that is adapted, and a score head, by PEFT's names
 */
record Factors(Lora lora, Map<String, Tensor> tensors) {

  boolean adapt(Linear linear) {
    return tensors.containsKey(lora.a(linear).name());
  }

  /** product + s (x Aᵀ) Bᵀ: (n, in) and (n, out) give (n, out), in what the product is in. */
  Tensor added(Linear linear, Tensor x, Tensor product) {
    return Tensor.call(
        () -> {
          var type = product.pointer().scalar_type();
          var reduced = x.pointer().to(type).mm(a(linear).to(type).t()); // (n, r)
          return plus(product.pointer(), reduced, b(linear).to(type).t());
        });
  }

  /** W + s B A, or its transpose where that is how W lies. */
  Tensor merged(Linear linear, Tensor weight) {
    return Tensor.call(
        () ->
            linear.inputsFirst()
                ? plus(weight.pointer(), a(linear).t(), b(linear).t())
                : plus(weight.pointer(), b(linear), a(linear)));
  }

  private org.bytedeco.pytorch.Tensor plus(
      org.bytedeco.pytorch.Tensor x,
      org.bytedeco.pytorch.Tensor left,
      org.bytedeco.pytorch.Tensor right) {
    return torch.addmm(x, left, right, new Scalar(1), new Scalar(lora.scale()));
  }

  private org.bytedeco.pytorch.Tensor a(Linear linear) {
    return pointer(lora.a(linear).name());
  }

  private org.bytedeco.pytorch.Tensor b(Linear linear) {
    return pointer(lora.b(linear).name());
  }

  private org.bytedeco.pytorch.Tensor pointer(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException("no factor " + name);
    }
    return tensor.pointer();
  }
}
