using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Actors.Membership;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>
/// Waits for the table's version to change, by a watch of its object. A watch that ends goes on from the last resourceVersion it
/// has seen; where the server does not know that one any more (410 Gone), or has said nothing for too long, the object is read again.
/// Used by one caller at a time.
/// </summary>
internal sealed partial class KubernetesVersionWatch(KubernetesClient client, ILogger log) : IAsyncDisposable
{
    private const string Operation = "look whether the silos have changed";
    private const int MaxEventBytes = 8 * 1024 * 1024;

    private HttpResponseMessage? _response;
    private PipeReader? _events;
    private string? _resourceVersion;
    private int _failures;

    /// <summary>Waits until the version is another than <paramref name="last"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<int> NextAsync(int? last, CancellationToken token)
    {
        while (true)
        {
            try
            {
                var version = _resourceVersion is null ? await ReadAsync(token) : await HearAsync(token);
                if (version is { } found && found != last) return found;
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                await ForgetAsync(); // silent for too long: the connection may be dead without a sign
            }
            catch (Exception error) when (error is MembershipStoreException or HttpRequestException or IOException or JsonException && !token.IsCancellationRequested)
            {
                await (error is JsonException ? ForgetAsync() : CloseAsync()); // what cannot be read now would not be read later
                if (_failures == 0) LogLost(log, client.Options.Server, error.Message);
                await Task.Delay(client.Pause(_failures++), client.Time, token);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();

    private async Task<int?> ReadAsync(CancellationToken token)
    {
        var path = KubernetesPaths.MembershipList(client.Options.Namespace);
        var answer = await client.AskAsync(Operation, HttpMethod.Get, path, null, token);
        if (!answer.IsSuccess) throw new MembershipStoreException(Operation, false, answer.Message);
        _resourceVersion = answer.ResourceVersion;
        Succeeded();
        return answer.Body?["items"] is JsonArray { Count: > 0 } items ? MembershipObject.VersionOf(items[0]) : null;
    }

    private async Task<int?> HearAsync(CancellationToken token)
    {
        using var silence = new CancellationTokenSource(client.Options.WatchTimeout + client.Options.OperationTimeout, client.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, silence.Token);
        if (_events is null && !await OpenAsync(both.Token)) return null;
        if (await LineAsync(both.Token) is not { } line)
        {
            await CloseAsync(); // the server ends each watch after a while; the next one goes on
            await PauseAsync(token);
            return null;
        }

        var change = KubernetesJson.Parse(line) ?? throw new JsonException("An event of the watch is no JSON object.");
        var item = change["object"];
        var type = KubernetesJson.Text(change, "type");
        if (type is "ERROR")
        {
            if (KubernetesJson.Number(item, "code") is not (int)HttpStatusCode.Gone) throw new IOException($"The watch was ended: {KubernetesJson.Text(item, "message")}");
            await StartOverAsync(both.Token);
            return null;
        }

        _resourceVersion = KubernetesJson.Text(item, "metadata", "resourceVersion") ?? _resourceVersion;
        Succeeded();
        return type is "ADDED" or "MODIFIED" ? MembershipObject.VersionOf(item) : null;
    }

    /// <summary>Opens the watch; false when it cannot go on from where it was.</summary>
    private async Task<bool> OpenAsync(CancellationToken token)
    {
        _response = await client.WatchAsync(Operation, KubernetesPaths.Watch(client.Options.Namespace, _resourceVersion!, client.Options.WatchTimeout), token);
        if (_response.StatusCode == HttpStatusCode.Gone)
        {
            await StartOverAsync(token);
            return false;
        }

        if (!_response.IsSuccessStatusCode) throw new HttpRequestException($"The watch was answered with {(int)_response.StatusCode}.");
        _events = PipeReader.Create(await _response.Content.ReadAsStreamAsync(token));
        return true;
    }

    /// <summary>The next line; null when the stream has ended.</summary>
    private async Task<byte[]?> LineAsync(CancellationToken token)
    {
        while (true)
        {
            var read = await _events!.ReadAsync(token);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end).ToArray();
                _events.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted) return null;
            if (read.Buffer.Length > MaxEventBytes) throw new JsonException($"An event of the watch is longer than {MaxEventBytes} bytes.");
            _events.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private void Succeeded()
    {
        if (_failures > 0) LogBack(log, client.Options.Server);
        _failures = 0;
    }

    /// <summary>The server does not remember what was seen last.</summary>
    private async Task StartOverAsync(CancellationToken token)
    {
        await ForgetAsync();
        await PauseAsync(token);
    }

    /// <summary>Keeps a server that never remembers, or ends each watch at once, from being asked without end.</summary>
    private Task PauseAsync(CancellationToken token) => Task.Delay(client.Pause(0), client.Time, token);

    private ValueTask ForgetAsync()
    {
        _resourceVersion = null;
        return CloseAsync();
    }

    private async ValueTask CloseAsync()
    {
        var (response, events) = (_response, _events);
        (_response, _events) = (null, null);
        if (events is not null) await events.CompleteAsync();
        response?.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of the membership table are not heard any more, trying again: {Server} ({Reason})")]
    private static partial void LogLost(ILogger log, Uri server, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Changes of the membership table are heard again: {Server}")]
    private static partial void LogBack(ILogger log, Uri server);
}
