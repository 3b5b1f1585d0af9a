package org.rlaif.kit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TreeTraversingParser;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A component of a record that JSON or YAML may leave out, as lines of an older version do: then it
 * is null, false, or 0. All others have to be there.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface MayBeAbsent {
  /** Fills in what is absent, and reads the record then as any other. */
  final class Modifier extends BeanDeserializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonDeserializer<?> modifyDeserializer(
        DeserializationConfig config, BeanDescription described, JsonDeserializer<?> usual) {
      Class<?> type = described.getBeanClass();
      var absent = new LinkedHashMap<String, JsonNode>();
      if (type.isRecord()) {
        Arrays.stream(type.getRecordComponents())
            .filter(each -> each.isAnnotationPresent(MayBeAbsent.class))
            .forEach(each -> absent.put(each.getName(), otherwise(each)));
      }
      return absent.isEmpty() ? usual : new Filling(usual, absent);
    }

    private static JsonNode otherwise(RecordComponent component) {
      if (component.getType() == int.class) {
        return IntNode.valueOf(0);
      }
      return component.getType() == boolean.class ? BooleanNode.FALSE : NullNode.instance;
    }
  }

  /** Reads a record whose absent keys have these values. */
  final class Filling extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // deserializers are never written
    private final Map<String, JsonNode> absent;

    Filling(JsonDeserializer<?> usual, Map<String, JsonNode> absent) {
      super(usual);
      this.absent = absent;
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> usual) {
      return new Filling(usual, absent);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonNode tree = context.readTree(parser);
      if (tree instanceof ObjectNode object) {
        absent.forEach(object::putIfAbsent);
      }
      try (var whole = new TreeTraversingParser(tree, parser.getCodec())) {
        whole.nextToken();
        return super.deserialize(whole, context);
      }
    }
  }
}
