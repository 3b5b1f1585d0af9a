package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.global.torch;
import org.rlaif.model.Block;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Linear;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/** The tensors of a network by Hugging Face's names: numbers into them, and out again. */
final class Parameters {
  private Parameters() {}

  /** What an optimizer may move, in fp32. */
  static Map<String, Tensor> trained(
      List<TensorSpec> specs, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    var parameters = new LinkedHashMap<String, Tensor>();
    for (TensorSpec spec : specs) {
      Tensor constant = constant(spec, device, filler);
      parameters.put(spec.name(), Tensor.call(() -> constant.pointer().requires_grad_(true)));
    }
    return parameters;
  }

  /** What stays as it is; matrices in what the device multiplies them in. */
  static Map<String, Tensor> frozen(DecoderConfig config, Weights weights, Device device) {
    Set<TensorSpec> multiplied =
        config.blocks().stream()
            .flatMap(Block::linears)
            .flatMap(Linear::parameters)
            .collect(Collectors.toSet());
    var parameters = new LinkedHashMap<String, Tensor>();
    for (TensorSpec spec : config.parameters()) {
      try (Scope passing = Scope.open()) { // no more than one of them in both precisions
        Tensor exact = constant(spec, device, (any, into) -> weights.copyTo(spec.name(), into));
        Tensor kept = multiplied.contains(spec) ? Layers.rounded(exact, device.compute()) : exact;
        parameters.put(spec.name(), passing.keep(kept));
      }
    }
    return parameters;
  }

  private static Tensor constant(
      TensorSpec spec, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
    return Tensor.call(
        () -> {
          var numbers = torch.empty(shape);
          filler.accept(spec, Tensor.buffer(numbers));
          return numbers.to(new org.bytedeco.pytorch.Device(device.name()), torch.ScalarType.Float);
        });
  }

  static boolean isRounded(Tensor tensor) {
    return tensor.pointer().scalar_type().intern() != torch.ScalarType.Float;
  }

  /** Refuses a tensor that was rounded. */
  static void requireExact(String name, Tensor tensor) {
    if (isRounded(tensor)) {
      throw new IllegalStateException(name + " is kept in bf16 alone");
    }
  }

  static void write(Tensor tensor, FloatBuffer target) {
    target.put(Tensor.buffer(tensor.pointer().detach().cpu()));
  }

  /** The other way round; without history. */
  static void read(Weights weights, String name, Tensor tensor) {
    var onCpu = torch.empty_like(tensor.pointer().detach().cpu());
    weights.copyTo(name, Tensor.buffer(onCpu));
    tensor.pointer().copy_(onCpu);
  }
}
