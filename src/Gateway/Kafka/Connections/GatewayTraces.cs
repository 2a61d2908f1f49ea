using System.Diagnostics;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>One span for each Kafka request. When nobody listens, it costs one look and allocates nothing.</summary>
/// <remarks>Calls to grains that a request makes take its span along, because it is the current one while they are made.</remarks>
internal static class GatewayTraces
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "Actors.Gateway.Kafka";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts the span of a request; it is the current one in the method that calls this.</summary>
    public static Activity? Start(in RequestHeader header)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Source.StartActivity($"kafka {header.ApiKey}", ActivityKind.Server);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("messaging.system", "kafka");
            span.SetTag("messaging.client.id", header.ClientId);
            span.SetTag("messaging.kafka.api_version", header.Version);
        }

        return span;
    }

    /// <summary>Starts the span of a produce request, which many threads carry on: it is nobody's current one.</summary>
    public static Activity? StartProduce(in RequestHeader header)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var former = Activity.Current;
        var span = Start(header);
        Activity.Current = former;
        return span;
    }

    /// <summary>Ends a span.</summary>
    public static void End(Activity? span, ErrorCode error)
    {
        if (span is null)
        {
            return;
        }

        if (error != ErrorCode.None)
        {
            span.SetTag("error.type", error.ToString());
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Dispose();
    }
}
