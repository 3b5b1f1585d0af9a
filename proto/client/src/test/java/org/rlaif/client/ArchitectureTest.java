package org.rlaif.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A client stands on the wire alone. */
class ArchitectureTest {
  private static final JavaClasses ROOM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.client");

  @Test
  void standsOnTheWire() {
    assertTrue(ROOM.contain(RlaifClient.class));
    classes()
        .that()
        .resideInAPackage("org.rlaif.client..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.net.ssl..",
            "org.jspecify.annotations..",
            "org.rlaif.client..",
            "org.rlaif.v1..",
            "io.grpc..",
            "com.google.protobuf..")
        .check(ROOM);
  }

  /** What a program that depends on it gets. */
  @Test
  void bringsNoEngine() throws IOException {
    String classpath = Files.readString(Path.of("target/classpath"));
    assertTrue(classpath.contains("grpc-netty-shaded"), classpath);
    for (String unwanted :
        new String[] {"onnxruntime", "bytedeco", "djl", "serving", "model", "kit", "torch"}) {
      for (String entry : classpath.split(":", -1)) {
        String name = entry.replaceFirst("/target/classes$", "").replaceFirst(".*/", "");
        assertFalse(name.contains(unwanted), entry);
      }
    }
  }
}
