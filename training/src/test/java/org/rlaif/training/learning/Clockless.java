package org.rlaif.training.learning;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.rlaif.kit.Json;

/** Figures without those that the clock has a part in. */
public final class Clockless {
  private Clockless() {}

  /** Of a record of figures. */
  public static ObjectNode of(Object figures) {
    ObjectNode rest = Json.MAPPER.valueToTree(figures);
    return rest.remove(List.of("seconds", "tokensPerSecond"));
  }
}
