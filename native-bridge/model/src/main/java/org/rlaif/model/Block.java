package org.rlaif.model;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.Family.Names;
import org.rlaif.model.Family.Projections;

/**
 * The tensors of one layer, in the order of the network.
 *
 * @param name what their names begin with
 * @param projections query, key and value in three or in one
 * @param queryNorm of each head's query; null: there is none, nor one of the keys
 * @param gate of a gated MLP; null: it has none
 */
public record Block(
    String name,
    Norm attentionNorm,
    List<Linear> projections,
    @Nullable Norm queryNorm,
    @Nullable Norm keyNorm,
    Linear attentionOutput,
    Norm mlpNorm,
    @Nullable Linear gate,
    Linear up,
    Linear down) {

  /**
   * The tensors of a layer.
   *
   * @param layer counted from 0
   * @param width of a hidden state, W
   */
  static Block of(
      Names names, int layer, long width, Norm.Kind norm, Attention attention, Mlp mlp) {
    String name = names.block() + layer + ".";
    boolean inputsFirst = names.inputsFirst();
    List<Integer> outputs =
        names.layout() == Projections.SEPARATE
            ? List.of(attention.queryWidth(), attention.keyWidth(), attention.keyWidth())
            : List.of(attention.packedWidth());
    List<Linear> projections =
        Stream.iterate(0, i -> i < outputs.size(), i -> i + 1)
            .map(
                i ->
                    Linear.of(
                        name + names.projections().get(i),
                        width,
                        outputs.get(i),
                        attention.inputBias(),
                        inputsFirst))
            .toList();
    return new Block(
        name,
        Norm.of(name + names.attentionNorm(), norm, width),
        projections,
        headNorm(names, 0, name, norm, attention),
        headNorm(names, 1, name, norm, attention),
        Linear.of(
            name + names.attentionOutput(),
            attention.queryWidth(),
            width,
            attention.outputBias(),
            inputsFirst),
        Norm.of(name + names.mlpNorm(), norm, width),
        mlp.gated()
            ? Linear.of(name + names.gate(), width, mlp.width(), mlp.bias(), inputsFirst)
            : null,
        Linear.of(name + names.up(), width, mlp.width(), mlp.bias(), inputsFirst),
        Linear.of(name + names.down(), mlp.width(), width, mlp.bias(), inputsFirst));
  }

  private static @Nullable Norm headNorm(
      Names names, int which, String block, Norm.Kind norm, Attention attention) {
    return attention.headNorm()
        ? Norm.of(block + names.headNorms().get(which), norm, attention.headWidth())
        : null;
  }

  /** The matrices, which adapters can be laid over and blocks of few bits made from. */
  public Stream<Linear> linears() {
    return Stream.of(
            projections.stream(),
            Stream.of(attentionOutput),
            Stream.ofNullable(gate),
            Stream.of(up, down))
        .flatMap(each -> each);
  }

  Stream<TensorSpec> parameters() {
    return Stream.of(
            attentionNorm.parameters(),
            projections.stream().flatMap(Linear::parameters),
            Stream.ofNullable(queryNorm).flatMap(Norm::parameters),
            Stream.ofNullable(keyNorm).flatMap(Norm::parameters),
            attentionOutput.parameters(),
            mlpNorm.parameters(),
            Stream.ofNullable(gate).flatMap(Linear::parameters),
            up.parameters(),
            down.parameters())
        .flatMap(each -> each);
  }
}
