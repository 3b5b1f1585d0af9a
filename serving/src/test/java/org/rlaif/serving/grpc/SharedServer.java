package org.rlaif.serving.grpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.rlaif.kit.AtomicFiles;

/** Gives a test class a {@link TestServer} for all its tests. */
final class SharedServer implements ParameterResolver {
  private record Running(TestServer server, Path folder) implements AutoCloseable {
    static Running start() {
      try {
        Path folder = Files.createTempDirectory("rlaif-server");
        return new Running(TestServer.start(folder), folder);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      server.close();
      AtomicFiles.deleteRecursively(folder);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(
            ExtensionContext.Namespace.create(SharedServer.class, context.getRequiredTestClass()))
        .getOrComputeIfAbsent(Running.class, key -> Running.start(), Running.class)
        .server();
  }
}
