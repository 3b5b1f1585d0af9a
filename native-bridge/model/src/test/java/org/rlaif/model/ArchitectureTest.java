package org.rlaif.model;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.rlaif.model.hub.Hub;
import org.rlaif.model.jinja.Template;

/** This room stands on the kit and on formats; it knows no engine and no transport. */
final class ArchitectureTest {
  private static final JavaClasses ROOM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.model");

  @Test
  void dependsOnTheKitAndOnFormatsOnly() {
    assertTrue(ROOM.contain(OnnxDecoder.class));
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify.annotations..",
            "org.rlaif.model..",
            "org.rlaif.kit..",
            "com.fasterxml.jackson..",
            "org.slf4j..",
            "ai.onnx.proto..",
            "com.google.protobuf..", // texts in ONNX's messages
            "ai.djl.huggingface.tokenizers..",
            "ai.djl.util..") // of the tokenizer's base class
        .check(ROOM);
  }

  @Test
  void onlyTheTokenizerTouchesItsLibrary() {
    classes()
        .that()
        .doNotHaveFullyQualifiedName(Tokenizer.class.getName())
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("ai.djl..")
        .check(ROOM);
  }

  /** Names and files on the one hand, a language of templates on the other, know no model. */
  @Test
  void packagesInsideKnowNothingOfWhatIsAroundThem() {
    assertTrue(ROOM.contain(Template.class));
    for (String inside : new String[] {"org.rlaif.model.hub", "org.rlaif.model.jinja"}) {
      classes()
          .that()
          .resideInAPackage(inside)
          .should()
          .onlyDependOnClassesThat(
              resideInAPackage(inside).or(resideOutsideOfPackage("org.rlaif.model..")))
          .check(ROOM);
    }
  }

  @Test
  void onlyTheHubTouchesTheNetwork() {
    assertTrue(ROOM.contain(Hub.class));
    classes()
        .that()
        .resideOutsideOfPackage("org.rlaif.model.hub")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("java.net..")
        .check(ROOM);
  }
}
