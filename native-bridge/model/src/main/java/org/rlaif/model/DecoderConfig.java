package org.rlaif.model;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.Family.Projections;
import org.rlaif.model.Mlp.Activation;

/**
 * The description of a decoder and of the head on top of it: all that is needed to lay out its
 * weights or to build its network in either engine.
 *
 * @param family whose names its tensors have
 * @param vocabularySize rows of the token embedding, V
 * @param contextLength the longest sequence in tokens, C
 * @param width size of a hidden state, W
 * @param layers number of blocks
 * @param norm kind of all norms
 * @param normEpsilon added to what each of them measures
 * @param rotary how positions turn queries and keys; null: they have a table of their own, (C, W),
 *     which is added to the embedding
 * @param parallel whether attention and MLP read the same hidden state, and not one after the other
 * @param tied whether the language-model head is the token embedding
 * @param head what turns hidden states into answers
 * @param scorePadding the token that a score is not read at, as {@link #scored} tells; {@link
 *     #NO_PADDING}: scores are read at the last token
 * @param scores how many numbers a score head says; more than one while a reward model learns
 *     several attributes, and never in a model folder
 */
public record DecoderConfig(
    Family family,
    int vocabularySize,
    int contextLength,
    int width,
    int layers,
    Norm.Kind norm,
    double normEpsilon,
    Attention attention,
    @Nullable Rotary rotary,
    Mlp mlp,
    boolean parallel,
    boolean tied,
    Head head,
    int scorePadding,
    int scores) {
  /** No token has this id. */
  public static final int NO_PADDING = -1;

  /** The last layer. */
  public enum Head {
    /** Logits over the vocabulary. */
    LANGUAGE_MODEL,
    /** One number per position, or {@link DecoderConfig#scores}, no bias. */
    SCORE
  }

  public DecoderConfig {
    UserError.require(
        vocabularySize > 0 && vocabularySize <= Limits.VOCABULARY,
        "vocab_size",
        vocabularySize,
        "from 1 to " + Limits.VOCABULARY);
    UserError.require(contextLength > 0, "context length", contextLength, ">= 1");
    UserError.require(
        width > 0 && width <= Limits.WIDTH, "width", width, "from 1 to " + Limits.WIDTH);
    UserError.require(
        layers > 0 && layers <= Limits.LAYERS, "layers", layers, "from 1 to " + Limits.LAYERS);
    UserError.require(
        normEpsilon > 0 && normEpsilon < 1, "norm epsilon", normEpsilon, "between 0 and 1");
    UserError.require(
        rotary == null || rotary.width() <= attention.headWidth(),
        "rotary width",
        rotary == null ? 0 : rotary.width(),
        "at most the head width, " + attention.headWidth());
    scorePadding = head == Head.SCORE ? Math.max(scorePadding, NO_PADDING) : NO_PADDING;
    scores = head == Head.SCORE ? scores : 1;
    UserError.require(scores > 0, "scores", scores, ">= 1");
  }

  /** GPT-2 (Radford et al. 2019) of that size, a language model. */
  public static DecoderConfig gpt2(
      int vocabularySize, int contextLength, int width, int layers, int heads, int mlpWidth) {
    UserError.require(
        heads > 0 && width % heads == 0 && width <= Limits.WIDTH,
        "n_embd",
        width,
        "a multiple of n_head, at most %d; n_head is %d".formatted(Limits.WIDTH, heads));
    return new DecoderConfig(
        Family.GPT2,
        vocabularySize,
        contextLength,
        width,
        layers,
        Norm.Kind.LAYER,
        1e-5,
        new Attention(heads, heads, width / heads, true, true, false, 0),
        null,
        new Mlp(mlpWidth, Activation.GELU_TANH, false, true),
        /* parallel= */ false,
        /* tied= */ true,
        Head.LANGUAGE_MODEL,
        NO_PADDING,
        /* scores= */ 1);
  }

  /** (V, W). */
  public TensorSpec embedding() {
    return TensorSpec.of(family.names().embedding() + ".weight", vocabularySize, width);
  }

  /** The table of learned positions, (C, W); null: positions are rotations. */
  public @Nullable TensorSpec positions() {
    String name = family.names().positions();
    return name == null ? null : TensorSpec.of(name + ".weight", contextLength, width);
  }

  /** All layers, first to last. */
  public List<Block> blocks() {
    return IntStream.range(0, layers).mapToObj(this::block).toList();
  }

  private Block block(int layer) {
    return Block.of(family.names(), layer, width, norm, attention, mlp);
  }

  /** How query, key and value are kept. */
  public Projections projections() {
    return family.names().layout();
  }

  /** Behind the last layer. */
  public Norm finalNorm() {
    return Norm.of(family.names().finalNorm(), norm, width);
  }

  /** The matrix that gives logits: (V, W), the {@link #embedding()} itself where it is tied. */
  public TensorSpec languageModelHead() {
    return tied
        ? embedding()
        : TensorSpec.of(family.names().head() + ".weight", vocabularySize, width);
  }

  /** The vector that gives scores, (1, W), or one below the other for each of them. */
  public TensorSpec scoreHead() {
    return TensorSpec.of("score.weight", scores, width);
  }

  /** Every tensor of the model under Hugging Face's names, in the order of the network. */
  public List<TensorSpec> parameters() {
    Stream<TensorSpec> last =
        switch (head) {
          case SCORE -> Stream.of(scoreHead());
          case LANGUAGE_MODEL -> tied ? Stream.of() : Stream.of(languageModelHead());
        };
    return Stream.of(
            Stream.of(embedding()),
            Stream.ofNullable(positions()),
            blocks().stream().flatMap(Block::parameters),
            finalNorm().parameters(),
            last)
        .flatMap(each -> each)
        .toList();
  }

  /** Numbers in all {@link #parameters()}; a tied head counts once. */
  public long parameterCount() {
    return parameters().stream().mapToLong(TensorSpec::elements).sum();
  }

  /**
   * Where in a sequence its score is read: at its last token or, if that is the padding, at the
   * last one that is not, as transformers does, which takes trailing end tokens for padding where
   * both have one id. At the first, if all are padding.
   */
  public int scored(int[] sequence) {
    int at = sequence.length - 1;
    while (at > 0 && sequence[at] == scorePadding) {
      at--;
    }
    return at;
  }

  /** The same trunk under another head; a score head that is new is read at the last token. */
  public DecoderConfig withHead(Head other) {
    return with(contextLength, normEpsilon, mlp, tied, other, scorePadding);
  }

  /** The same trunk under a head of so many scores. */
  public DecoderConfig withScores(int number) {
    return with(contextLength, normEpsilon, mlp, tied, Head.SCORE, scorePadding, number);
  }

  /** The same, with scores that are not read at this token; {@link #NO_PADDING}: at the last. */
  public DecoderConfig withScorePadding(int token) {
    return with(contextLength, normEpsilon, mlp, tied, head, token);
  }

  /** The same with a language-model head of its own. */
  public DecoderConfig untied() {
    return with(contextLength, normEpsilon, mlp, /* tied= */ false, head, scorePadding);
  }

  /**
   * The same network for sequences of at most that many tokens. Learned positions are one each, so
   * that such a network keeps its length.
   */
  public DecoderConfig withContext(int tokens) {
    int context = positions() == null ? Math.min(tokens, contextLength) : contextLength;
    return with(context, normEpsilon, mlp, tied, head, scorePadding);
  }

  DecoderConfig with(
      int context, double normEpsilon, Mlp mlp, boolean tied, Head head, int scorePadding) {
    return with(context, normEpsilon, mlp, tied, head, scorePadding, scores);
  }

  private DecoderConfig with(
      int context,
      double normEpsilon,
      Mlp mlp,
      boolean tied,
      Head head,
      int scorePadding,
      int scores) {
    return new DecoderConfig(
        family,
        vocabularySize,
        context,
        width,
        layers,
        norm,
        normEpsilon,
        attention,
        rotary,
        mlp,
        parallel,
        tied,
        head,
        scorePadding,
        scores);
  }
}
