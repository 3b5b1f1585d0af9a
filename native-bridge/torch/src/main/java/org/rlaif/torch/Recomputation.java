package org.rlaif.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.rlaif.model.Block;

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
  /**
   * A forward pass.
   *
   * @param positions of the tokens that come out of the last block
   * @param ends of the history: what goes into each block, and what comes out of the last
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  private record Pass(Decoder decoder, Sequences sequences, long[] positions, List<Tensor> ends) {
    /** Through the block of this number. */
    Tensor through(int number, Tensor x, Decoder.Attending attending) {
      List<Block> blocks = decoder.config().blocks();
      boolean last = number == blocks.size() - 1;
      return decoder.through(
          blocks.get(number), x, attending, last ? decoder.indices(positions) : null);
    }
  }

  private final Deque<Pass> passes = new ArrayDeque<>();

  /**
   * Through all blocks, (N, W).
   *
   * @param positions of the tokens that come out of the last, in the packed rows
   */
  Tensor forward(Decoder decoder, Sequences sequences, long[] positions) {
    List<Tensor> ends = new ArrayList<>();
    var pass = new Pass(decoder, sequences, positions, ends);
    try (Torch.NoGrad constant = Torch.noGrad();
        Scope scope = Scope.open()) {
      Tensor x = decoder.embedded(sequences);
      ends.add(end(x));
      Decoder.Attending attending = decoder.attending(sequences);
      for (int i = 0; i < decoder.config().blocks().size(); i++) {
        x = end(pass.through(i, x, attending));
        ends.add(x);
      }
    }
    passes.add(pass);
    return ends.get(ends.size() - 1);
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
    Decoder decoder = pass.decoder();
    List<Tensor> ends = pass.ends();
    int blocks = decoder.config().blocks().size();
    if (!hasGradient(ends.get(blocks))) {
      return; // nothing was learned from it
    }
    try (Scope scope = Scope.open()) {
      Decoder.Attending attending = decoder.attending(pass.sequences());
      for (int i = blocks - 1; i >= 0; i--) {
        try (Scope passing = Scope.open()) {
          backward(pass.through(i, ends.get(i), attending), ends.get(i + 1));
        }
        ends.get(i + 1).pointer().mutable_grad().reset();
      }
      Tensor embedded = decoder.embedded(pass.sequences());
      if (embedded.pointer().requires_grad()) { // not under an adapter
        backward(embedded, ends.get(0));
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
    return passes.stream().anyMatch(pass -> hasGradient(pass.ends().get(pass.ends().size() - 1)));
  }

  /** Forgets what nothing was learned from. */
  void forget() {
    passes.forEach(pass -> pass.ends().forEach(Tensor::close));
    passes.clear();
  }
}
