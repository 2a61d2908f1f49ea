using System.Collections;

namespace Actors.Silo.Options;

/// <summary>Checks OpenTelemetry's own variables, which would otherwise be passed over in silence when they are wrong.</summary>
/// <remarks>Source: OpenTelemetry specification, "OpenTelemetry Protocol Exporter".</remarks>
public static class ExportVariables
{
    /// <summary>Where metrics and traces are sent; not set: nowhere.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>The mistakes among the variables.</summary>
    public static IEnumerable<OptionMistake> Check(IDictionary environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment[Endpoint] is string { Length: > 0 } endpoint
            && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return Mistake(Endpoint, SecretText.Mask(endpoint), "must be an address such as http://collector:4318");
        if (environment[Protocol] is string { Length: > 0 } protocol && protocol is not ("grpc" or "http/protobuf"))
            yield return Mistake(Protocol, protocol, "must be one of grpc, http/protobuf");
    }

    private static OptionMistake Mistake(string name, string text, string sentence) =>
        new(name, text, new(OptionSourceKind.Environment, name), sentence);
}
