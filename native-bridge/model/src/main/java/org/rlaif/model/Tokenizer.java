package org.rlaif.model;

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
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
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
public final class Tokenizer implements AutoCloseable {
  static {
    // Read by the library when its classes load: it must neither report usage nor download.
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_OFFLINE", "true");
  }

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private static final Cleaner UNUSED = Cleaner.create();

  private final HuggingFaceTokenizer engine;
  private final SecretNames names;
  private final SpecialTokens special;
  private final int vocabularySize;
  private final int[] prefix;

  private Tokenizer(
      HuggingFaceTokenizer engine, SecretNames names, SpecialTokens special, int vocabularySize) {
    this.engine = engine;
    this.names = names;
    this.special = special;
    this.vocabularySize = vocabularySize;
    this.prefix = prefix(engine.encode("a", true, false));
  }

  /**
   * Opens a {@code tokenizer.json}. The names of its pad, end and beginning tokens come from {@code
   * tokenizer_config.json} beside it, else they are {@code <|padding|>}, {@code <|endoftext|>} and
   * {@code <|beginning|>}, if there are such; a {@link UserError} says when nothing can end a text.
   * What else ends a completion is in {@code generation_config.json}, or in {@code config.json}.
   */
  public static Tokenizer open(Path tokenizerJson) {
    ObjectNode json = (ObjectNode) ConfigJson.read(tokenizerJson);
    if (!json.path("model").path("vocab").isObject()) {
      throw UserError.expected(
          tokenizerJson + ", model.type", json.path("model").path("type").asText(), "BPE");
    }
    SpecialTokens special = SpecialTokens.of(tokenizerJson, json);
    int size = size(tokenizerJson, json);
    json.putNull("truncation");
    json.putNull("padding");
    var names = new SecretNames(json);
    var tokenizer = new Tokenizer(engine(tokenizerJson, json), names, special, size);
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
    return ids(engine.encode(sound(text), false, false));
  }

  /**
   * The ids of a prompt: what the tokenizer puts in front of a text, if anything, then the text.
   * For our own tokenizers and Llama's this is the beginning token, for GPT-2's and Qwen's nothing.
   */
  public int[] encodePrompt(String prompt) {
    int[] ids = IntStream.concat(Arrays.stream(prefix), Arrays.stream(encode(prompt))).toArray();
    UserError.require(
        ids.length > 0, "prompt", "\"\"", "some text: this tokenizer puts no token in front of it");
    return ids;
  }

  /** The ids of a whole completion: the text, then the end token. */
  public int[] encodeCompletion(String completion) {
    return IntStream.concat(Arrays.stream(encode(completion)), IntStream.of(eosId())).toArray();
  }

  /**
   * Tokens and the chars of the text that each stands for.
   *
   * @param from first char, by token
   * @param to behind the last char, by token
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Spans(int[] ids, int[] from, int[] to) {}

  /** The tokens of a rendered template, whose special tokens are special where it wrote them. */
  Spans encode(Text rendered) {
    SecretNames.Named named = names.name(rendered);
    Encoding encoding = engine.encode(sound(named.text()), false, false);
    int[] ids = ids(encoding);
    CharSpan[] spans = encoding.getCharTokenSpans();
    int[] from = new int[ids.length];
    int[] to = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      from[i] = named.origins()[spans[i].getStart()];
      to[i] = named.origins()[spans[i].getEnd()];
    }
    return new Spans(ids, from, to);
  }

  /** The text of some ids; special tokens leave none, and half a character reads as U+FFFD. */
  public String decode(int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= vocabularySize) {
        throw UserError.expected("token id", id, "from 0 to " + (vocabularySize - 1));
      }
    }
    long[] plain = Arrays.stream(ids).filter(id -> !names.isSpecial(id)).asLongStream().toArray();
    return plain.length == 0 ? "" : engine.decode(plain, false);
  }

  /** One more than the highest id. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** The first token of a text, where there is such a token. */
  public OptionalInt bosId() {
    return id(special.beginning());
  }

  /** What {@link #encodeCompletion} ends a text with. */
  public int eosId() {
    return special.end().id();
  }

  /** All ids that end a completion, in ascending order; {@link #eosId} is one of them. */
  public int[] endIds() {
    return special.ends().stream().mapToInt(Integer::intValue).toArray();
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
        id.canConvertToInt() && id.intValue() >= 0 && id.intValue() < DecoderConfig.MOST_TOKENS,
        file + ", token id",
        id,
        "from 0 to " + (DecoderConfig.MOST_TOKENS - 1));
    return id.intValue();
  }
}
