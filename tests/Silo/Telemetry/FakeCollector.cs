using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Actors.Silo.Tests.Telemetry;

/// <summary>An OpenTelemetry collector that takes OTLP over HTTP (protobuf) and remembers what names it was sent.</summary>
public sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<(string Path, string Name), TaskCompletionSource> _awaited = new();

    private FakeCollector()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(TakeAsync);
    }

    /// <summary>Its address, for OTEL_EXPORTER_OTLP_ENDPOINT.</summary>
    public string Address => _server.Urls.First();

    /// <summary>Starts it on a free port.</summary>
    public static async Task<FakeCollector> StartAsync()
    {
        var collector = new FakeCollector();
        await collector._server.StartAsync();
        return collector;
    }

    /// <summary>Completes when a message for <paramref name="path"/> holds <paramref name="name"/>; ask before it is sent.</summary>
    public Task ReceivesAsync(string path, string name) =>
        _awaited.GetOrAdd((path, name), _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        context.Response.ContentType = "application/x-protobuf";
        if (context.Request.ContentType != "application/x-protobuf")
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        // Names are plain UTF-8 in protobuf.
        var text = Encoding.UTF8.GetString(body.ToArray());
        foreach (var ((path, name), received) in _awaited)
        {
            if (context.Request.Path == path && text.Contains(name, StringComparison.Ordinal)) received.TrySetResult();
        }
    }
}
