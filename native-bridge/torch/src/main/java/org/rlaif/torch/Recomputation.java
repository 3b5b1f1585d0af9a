package org.rlaif.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/**
 * Activation checkpointing (Chen et al. 2016, arXiv 1604.06174), block by block: of a forward pass
 * only what goes into each block is kept, (R, W), and the block is computed once more when the
 * gradient comes back to it. The gradients are the same but for rounding; memory is that of one
 * block, time a third more.
 *
 * <p>A block's input is where LibTorch's history ends. So {@link Tensor#backward} comes as far as
 * the last block's output, and {@link #backward} goes on from there.
 */
final class Recomputation {
  /** Blocks that stand on each other, with what they need to know of the tokens. */
  interface Stack {
    int size();

    /** What goes into the first, (R, W). */
    Tensor bottom();

    /**
     * Through one of them.
     *
     * @param number from 0
     */
    Tensor through(int number, Tensor x);
  }

  /**
   * A forward pass.
   *
   * @param stack in the tensors of the innermost scope
   * @param ends of the history: what goes into each block, and what comes out of the last
   */
  private record Pass(Supplier<Stack> stack, List<Tensor> ends) {
    Tensor top() {
      return ends.get(ends.size() - 1);
    }
  }

  private final Deque<Pass> passes = new ArrayDeque<>();

  /** Through all blocks: what comes out of the last. */
  Tensor forward(Supplier<Stack> made) {
    List<Tensor> ends = new ArrayList<>();
    try (Torch.NoGrad constant = Torch.noGrad();
        Scope scope = Scope.open()) {
      Stack stack = made.get();
      ends.add(end(stack.bottom()));
      for (int i = 0; i < stack.size(); i++) {
        ends.add(end(stack.through(i, ends.get(i))));
      }
    }
    var pass = new Pass(made, ends);
    passes.add(pass);
    return pass.top();
  }

  /** The same numbers, at which gradients gather; it lives until it is closed. */
  private static Tensor end(Tensor x) {
    Tensor end = Tensor.call(() -> x.pointer().detach().set_requires_grad(true));
    end.pointer().retainReference();
    return end;
  }

  /** Brings the gradients that have gathered behind the last blocks down to the parameters. */
  void backward() {
    while (!passes.isEmpty()) {
      Pass pass = passes.remove();
      try {
        backward(pass);
      } finally {
        pass.ends().forEach(Tensor::close);
      }
    }
  }

  private static void backward(Pass pass) {
    if (!hasGradient(pass.top())) {
      return; // nothing was learned from it
    }
    List<Tensor> ends = pass.ends();
    try (Scope scope = Scope.open()) {
      Stack stack = pass.stack().get();
      for (int i = stack.size() - 1; i >= 0; i--) {
        try (Scope passing = Scope.open()) {
          backward(stack.through(i, ends.get(i)), ends.get(i + 1));
        }
        ends.get(i + 1).pointer().mutable_grad().reset();
      }
      Tensor bottom = stack.bottom();
      if (bottom.pointer().requires_grad()) { // not under an adapter
        backward(bottom, ends.get(0));
      }
    }
  }

  private static boolean hasGradient(Tensor end) {
    try (PointerScope passing = new PointerScope()) {
      return end.pointer().grad().defined();
    }
  }

  private static void backward(Tensor again, Tensor end) {
    try (PointerScope passing = new PointerScope()) {
      var gradient = end.pointer().grad();
      Torch.run(
          () ->
              again
                  .pointer()
                  .backward(
                      gradient,
                      new BoolOptional(),
                      /* create_graph= */ false,
                      new TensorArrayRefOptional()));
    }
  }

  /** Whether gradients have gathered that {@link #backward} has not brought down. */
  boolean isPending() {
    return passes.stream().anyMatch(pass -> hasGradient(pass.top()));
  }

  /** Forgets what nothing was learned from. */
  void forget() {
    passes.forEach(pass -> pass.ends().forEach(Tensor::close));
    passes.clear();
  }
}
