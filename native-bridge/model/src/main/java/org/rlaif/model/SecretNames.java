package org.rlaif.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Special tokens under names that nobody can type. The library finds added tokens in any text, so
 * it is given other names for the special ones, drawn anew for every tokenizer; everything else
 * about them, above all their ids, stays as the file has it.
 *
 * @param byName the secret name of each special token
 * @param ids of the special tokens
 */
record SecretNames(Map<String, String> byName, BitSet ids) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Renames the special tokens inside a {@code tokenizer.json}. */
  static SecretNames hide(ObjectNode json) {
    byte[] secret = new byte[16];
    RANDOM.nextBytes(secret);
    String prefix = "q" + HexFormat.of().formatHex(secret) + "q";
    var names = new SecretNames(new HashMap<>(), new BitSet());
    ObjectNode model = (ObjectNode) json.path("model");
    ObjectNode vocabulary = (ObjectNode) model.path("vocab");
    for (JsonNode added : json.path("added_tokens")) {
      ObjectNode token = (ObjectNode) added;
      String content = token.path("content").asText();
      int id = token.path("id").asInt();
      if (token.path("special").asBoolean()) {
        String name = prefix + id + "q";
        names.byName.put(content, name);
        names.ids.set(id);
        token.put("content", name);
        vocabulary.remove(content);
        if (content.equals(model.path("unk_token").asText(null))) {
          model.put("unk_token", name);
        }
        content = name;
      }
      // Without an entry of the vocabulary, tokens are numbered as they come.
      vocabulary.put(content, id);
    }
    return names;
  }
}
