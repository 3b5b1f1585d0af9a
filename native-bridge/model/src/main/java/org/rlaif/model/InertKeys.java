package org.rlaif.model;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.rlaif.kit.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys of {@code config.json} that are known to change no number of the network, in {@value #FILE}
 * beside this class: each with the reason why.
 */
final class InertKeys {
  private static final String FILE = "inert-keys.json";
  private static final Logger LOG = LoggerFactory.getLogger(InertKeys.class);

  /**
   * Some of one kind.
   *
   * @param usual whether nobody is surprised that they are skipped
   * @param keys regular expressions for whole keys
   */
  private record Kind(String why, boolean usual, List<Pattern> keys) {
    boolean holds(String key) {
      return keys.stream().anyMatch(each -> each.matcher(key).matches());
    }
  }

  private static final List<Kind> KINDS =
      Resources.json(InertKeys.class, FILE, new TypeReference<>() {});

  private InertKeys() {}

  static boolean isOne(String key) {
    return KINDS.stream().anyMatch(kind -> kind.holds(key));
  }

  /** Says in one line which keys of a file were skipped, and why, if any is unusual. */
  static void log(Path file, JsonNode json) {
    var skipped = new TreeSet<String>();
    for (var field : json.properties()) {
      if (ConfigFields.says(field.getValue())) {
        KINDS.stream()
            .filter(kind -> kind.holds(field.getKey()))
            .findFirst()
            .filter(kind -> !kind.usual())
            .ifPresent(kind -> skipped.add(field.getKey() + " (" + kind.why() + ")"));
      }
    }
    if (!skipped.isEmpty()) {
      LOG.info("{}: skipped {}", file, String.join(", ", skipped));
    }
  }
}
