package org.rlaif.model.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.jinja.Text;

/**
 * Text to token ids and back, by Hugging Face's tokenizer library. Text is only ever text: what
 * looks like a special token inside it is spelled out in plain tokens, so nobody can end a prompt
 * by typing {@code <|endoftext|>}. Only a {@link ChatTemplate} writes special tokens. Safe for use
 * by many threads.
 */
public final class Tokenizer implements Spelling, AutoCloseable {
  static {
    // Read by the library when its classes load: it must neither report usage nor download.
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_OFFLINE", "true");
  }

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private static final Cleaner UNUSED = Cleaner.create();

  /** Texts that what follows them hardly ever merges with, the most unlikely first. */
  private static final List<String> ANCHORS = List.of("\n", "a", ".");

  /** How often one that waits for its turn is asked whether it still wants it. */
  private static final int ASKED_MS = 20;

  /** Texts become tokens on so many threads at a time, so that memory stays bounded. */
  private static final Semaphore TURNS =
      new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()), /* fair= */ true);

  /** Far above any vocabulary there is; what is larger is a mistake, or means harm. */
  public static final int MOST_IDS = 1 << 24;

  /** Characters of one call of the library: {@link PatternCost} counts on it. */
  static final int MOST_AT_ONCE = 1 << 20;

  private static final byte[] SILENT = {};

  private final HuggingFaceTokenizer engine;
  private final SecretNames names;
  private final SpecialTokens special;
  private final int vocabularySize;
  private final int[] prefix;
  private final int[] ends;
  private final Pieces pieces;
  private final TokenText text;

  /** What stands before a text that is to get no space in front; empty where none does. */
  private final List<String> anchors;

  private Tokenizer(
      HuggingFaceTokenizer engine,
      JsonNode json,
      SecretNames names,
      SpecialTokens special,
      int vocabularySize) {
    this.engine = engine;
    this.names = names;
    this.special = special;
    this.vocabularySize = vocabularySize;
    this.prefix = prefix(engine.encode("a", true, false));
    this.ends = special.ends().stream().mapToInt(Integer::intValue).toArray();
    int[] letter = encodeAtOnce("a");
    this.pieces = Pieces.of(json.path("model").path("vocab"), this::encodeAtOnce, names.prefix());
    boolean known = Arrays.stream(letter).noneMatch(names::isSpecial);
    this.text =
        new TokenText(
            json,
            vocabularySize,
            known ? letter : new int[0],
            ids -> engine.decode(Arrays.stream(ids).asLongStream().toArray(), false));
    this.anchors = decode(Ids.joined(letter, letter)).equals("aa") ? List.of() : ANCHORS;
  }

  /**
   * Opens a {@code tokenizer.json}. The names of its pad, end and beginning tokens come from {@code
   * tokenizer_config.json} beside it, else they are {@code <|padding|>}, {@code <|endoftext|>} and
   * {@code <|beginning|>}, if there are such; a {@link UserError} says when nothing can end a text.
   * What else ends a completion is in {@code generation_config.json}, or in {@code config.json}.
   */
  public static Tokenizer open(Path tokenizerJson) {
    ObjectNode json = Json.object(tokenizerJson);
    if (!json.path("model").path("vocab").isObject()) {
      throw UserError.expected(
          tokenizerJson + ", model.type", json.path("model").path("type").asText(), "BPE");
    }
    TokenizerLimits.check(tokenizerJson, json);
    SpecialTokens special = SpecialTokens.of(tokenizerJson, json);
    int size = size(tokenizerJson, json);
    json.putNull("truncation");
    json.putNull("padding");
    var names = new SecretNames(json, special.ends());
    var tokenizer = new Tokenizer(engine(tokenizerJson, json), json, names, special, size);
    tokenizer.checkIds(tokenizerJson, json.path("added_tokens"));
    return tokenizer;
  }

  private static HuggingFaceTokenizer engine(Path file, JsonNode json) {
    try {
      byte[] bytes = Json.MAPPER.writeValueAsBytes(json);
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), OPTIONS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) { // what the native library throws, with its reason in the text
      throw new UserError(file + ": cannot be opened as a tokenizer (" + e.getMessage() + ")", e);
    }
  }

  /** The ids of a text, without any special token. */
  public int[] encode(String text) {
    return encode(text, Watch.NONE);
  }

  /** The same under a watch. */
  int[] encode(String text, Watch watch) {
    int[] ids = new int[0];
    String whole = sound(text);
    for (Pieces.Piece piece : pieces.of(whole)) {
      ids =
          Ids.joined(ids, part(whole.substring(piece.from(), piece.to()), ids.length, watch).ids());
    }
    return ids;
  }

  /** A piece, which is long only if it has no place to cut. */
  private Spans part(String piece, int soFar, Watch watch) {
    Windows.Encoder encoder = (text, before) -> part(encoding(text, before, watch));
    return piece.length() <= Pieces.LENGTH
        ? encoder.encode(piece, soFar)
        : Windows.of(piece, encoder, soFar);
  }

  private static Spans part(Encoding encoding) {
    CharSpan[] spans = encoding.getCharTokenSpans();
    return new Spans(
        ids(encoding),
        Arrays.stream(spans).mapToInt(CharSpan::getStart).toArray(),
        Arrays.stream(spans).mapToInt(CharSpan::getEnd).toArray());
  }

  /** The same, not in pieces. */
  int[] encodeAtOnce(String text) {
    return ids(engine.encode(sound(text), false, false));
  }

  /** One piece of a text, when it is its turn. */
  private Encoding encoding(String piece, int soFar, Watch watch) {
    UserError.require(
        piece.length() <= MOST_AT_ONCE,
        "text",
        piece.length() + " characters without a place to cut",
        "at most " + MOST_AT_ONCE);
    try {
      do {
        watch.tokens(soFar);
      } while (!TURNS.tryAcquire(ASKED_MS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted before a text became tokens");
    }
    try {
      return engine.encode(piece, false, false);
    } finally {
      TURNS.release();
    }
  }

  /**
   * The ids of a prompt: what the tokenizer puts in front of a text, if anything, then the text.
   * For our own tokenizers and Llama's this is the beginning token, for GPT-2's and Qwen's nothing.
   */
  public int[] encodePrompt(String prompt) {
    return encodePrompt(prompt, Watch.NONE);
  }

  int[] encodePrompt(String prompt, Watch watch) {
    int[] ids = Ids.joined(prefix, encode(prompt, watch));
    UserError.require(
        ids.length > 0, "prompt", "\"\"", "some text: this tokenizer puts no token in front of it");
    return ids;
  }

  /**
   * The ids of a text that other text stands before, whose tokens are fixed: as if it began in the
   * middle of a word, without the space that some tokenizers put in front of every text.
   */
  int[] encodeInside(String text, Watch watch) {
    return encodeInside(Text.given(text), watch);
  }

  int[] encodeInside(Text text, Watch watch) {
    for (String anchor : anchors) {
      int[] before = encode(anchor);
      int[] all = encode(Text.given(anchor).plus(text), watch).ids();
      if (Ids.begins(all, before)) {
        return Arrays.copyOfRange(all, before.length, all.length);
      }
    }
    return encode(text, watch).ids();
  }

  /** A text's last part, of so many chars or more if it can be cut there, or all of it. */
  String tail(String text, int atLeast) {
    return text.substring(pieces.last(text, atLeast));
  }

  /** The tokens of a rendered template, whose special tokens are special where it wrote them. */
  /**
   * The tokens of a rendered template, whose special tokens are special where it wrote them, and
   * the chars that each stands for.
   */
  Spans encode(Text rendered, Watch watch) {
    SecretNames.Named named = names.name(rendered);
    String whole = sound(named.text());
    int[] origins = named.origins();
    Spans all = Spans.NONE;
    int points = 0; // code points before the piece, in which the library counts
    int done = 0;
    for (Pieces.Piece piece : pieces.of(whole)) {
      points += whole.codePointCount(done, piece.from());
      done = piece.from();
      int before = points;
      Spans part = part(whole.substring(done, piece.to()), all.ids().length, watch);
      all = all.and(part, 0, point -> origins[before + point]);
    }
    return all;
  }

  /**
   * The text of some ids. Special tokens and those that end a completion leave none, half a
   * character reads as U+FFFD, and some tokenizers leave out the space that a text begins with.
   */
  public String decode(int[] ids) {
    return decodeBehind(new int[0], ids);
  }

  /** The same of ids that others stand before, which is where a space need not be left out. */
  public String decodeBehind(int[] before, int[] ids) {
    var stream = new TextStream(this, before);
    var text = new StringBuilder();
    for (int id : ids) {
      text.append(stream.add(id));
    }
    return text.append(stream.end()).toString();
  }

  @Override
  public byte[] bytes(int id, boolean begins) {
    if (id < 0 || id >= vocabularySize) {
      throw UserError.expected("token id", id, "from 0 to " + (vocabularySize - 1));
    }
    return isSilent(id) ? SILENT : text.bytes(id, begins);
  }

  @Override
  public boolean isSilent(int id) {
    return id >= vocabularySize || names.isSpecial(id) || Arrays.binarySearch(ends, id) >= 0;
  }

  /** One more than the highest id. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** The first token of a text, where there is such a token. */
  public OptionalInt bosId() {
    return id(special.beginning());
  }

  /** Whether the beginning token is put before a text. */
  boolean beginsTexts() {
    return prefix.length > 0 && bosId().isPresent() && prefix[0] == bosId().getAsInt();
  }

  /** What ends the text of a completion. */
  public int eosId() {
    return special.end().id();
  }

  /** All ids that end a completion, in ascending order; {@link #eosId} is one of them. */
  public int[] endIds() {
    return ends.clone();
  }

  public OptionalInt padId() {
    return id(special.padding());
  }

  boolean isSpecial(int id) {
    return names.isSpecial(id);
  }

  SpecialTokens special() {
    return special;
  }

  /** The {@code tokenizer_config.json} beside it, for a model of that context length. */
  public ObjectNode configJson(int contextLength) {
    return special.toJson(contextLength, beginsTexts());
  }

  /** Closed when nobody can use it any more; whoever holds it still may. */
  public void closeWhenUnused() {
    UNUSED.register(this, engine::close);
  }

  @Override
  public void close() {
    engine.close();
  }

  private static OptionalInt id(SpecialTokens.@Nullable Token token) {
    return token == null ? OptionalInt.empty() : OptionalInt.of(token.id());
  }

  /** Half a surrogate pair cannot be written in UTF-8: it becomes a question mark. */
  private static String sound(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static int[] ids(Encoding encoding) {
    return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
  }

  /** The special tokens that stand before any text. */
  private static int[] prefix(Encoding anyText) {
    long[] special = anyText.getSpecialTokenMask();
    int length = 0;
    while (length < special.length && special[length] == 1) {
      length++;
    }
    return Arrays.copyOf(ids(anyText), length);
  }

  /** The library takes an added token's id from the vocabulary, or counts up from its size. */
  private void checkIds(Path file, JsonNode addedTokens) {
    for (JsonNode token : addedTokens) {
      int[] ids = encode(token.path("content").asText());
      if (ids.length != 1 || ids[0] != token.path("id").asInt()) {
        close();
        throw UserError.expected(
            file + ", added token " + token.path("id"), Arrays.toString(ids), "an id of its own");
      }
    }
  }

  private static int size(Path file, JsonNode json) {
    Stream<JsonNode> vocabulary =
        StreamSupport.stream(json.path("model").path("vocab").spliterator(), false);
    Stream<JsonNode> added =
        StreamSupport.stream(json.path("added_tokens").spliterator(), false)
            .map(token -> token.path("id"));
    return 1 + Stream.concat(vocabulary, added).mapToInt(each -> id(file, each)).max().orElse(-1);
  }

  private static int id(Path file, JsonNode id) {
    UserError.require(
        id.canConvertToInt() && id.intValue() >= 0 && id.intValue() < MOST_IDS,
        file + ", token id",
        id,
        "from 0 to " + (MOST_IDS - 1));
    return id.intValue();
  }
}
