using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Actors.Membership;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>
/// Follows objects by a list and a watch that goes on from it. A watch that ends goes on from the last resourceVersion it has seen; where the
/// server does not know that one any more (410 Gone), or has said nothing for too long, the list is read again. Used by one caller at a time.
/// </summary>
/// <param name="client">Asks the API server.</param>
/// <param name="subject">What is followed, for people: "the membership table".</param>
/// <param name="operation">What it is for: "look whether the silos have changed".</param>
/// <param name="log">Told of a watch that is cut off.</param>
internal abstract partial class KubernetesWatch(KubernetesClient client, string subject, string operation, ILogger log) : IAsyncDisposable
{
    private const int MaxEventBytes = 8 * 1024 * 1024;

    private HttpResponseMessage? _response;
    private PipeReader? _events;
    private string? _resourceVersion;
    private int _failures;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Asks the API server.</summary>
    protected KubernetesClient Client => client;

    /// <summary>Reads all objects.</summary>
    /// <returns>The list's answer, which says where a watch of it goes on.</returns>
    /// <exception cref="MembershipStoreException">The server did not do it.</exception>
    protected abstract Task<KubernetesAnswer> ListAsync(CancellationToken token);

    /// <summary>Where the watch is that goes on from a resourceVersion.</summary>
    protected abstract string PathOf(string resourceVersion);

    /// <summary>Takes an event: ADDED, MODIFIED, DELETED, BOOKMARK, or a word that is not known yet.</summary>
    protected abstract void Hear(string type, JsonNode? item);

    /// <summary>Makes one step: a list, an event, or a pause after a failure.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    protected async Task StepAsync(CancellationToken token)
    {
        try
        {
            await (_resourceVersion is null ? ReadAsync(token) : HearAsync(token));
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            await ForgetAsync(); // silent for too long: the connection may be dead without a sign
        }
        catch (Exception error) when (error is MembershipStoreException or HttpRequestException or IOException or JsonException && !token.IsCancellationRequested)
        {
            await (error is JsonException ? ForgetAsync() : CloseAsync()); // what cannot be read now would not be read later
            if (_failures == 0) LogLost(log, subject, client.Options.Server, error is MembershipStoreException store ? store.Reason : error.Message);
            await Task.Delay(client.Pause(_failures++), client.Time, token);
        }
    }

    private async Task ReadAsync(CancellationToken token)
    {
        var answer = await ListAsync(token);
        if (!answer.IsSuccess) throw new MembershipStoreException(operation, false, answer.Message);
        _resourceVersion = answer.ResourceVersion;
        Succeeded();
    }

    private async Task HearAsync(CancellationToken token)
    {
        using var silence = new CancellationTokenSource(client.Options.WatchTimeout + client.Options.OperationTimeout, client.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, silence.Token);
        if (_events is null && !await OpenAsync(both.Token)) return;
        if (await LineAsync(both.Token) is not { } line)
        {
            await CloseAsync(); // the server ends each watch after a while; the next one goes on
            await PauseAsync(token);
            return;
        }

        var change = KubernetesJson.Parse(line) ?? throw new JsonException("An event of the watch is no JSON object.");
        var item = change["object"];
        var type = KubernetesJson.Text(change, "type");
        if (type is "ERROR")
        {
            if (KubernetesJson.Number(item, "code") is not (int)HttpStatusCode.Gone) throw new IOException($"The watch was ended: {KubernetesJson.Text(item, "message")}");
            await StartOverAsync(both.Token);
            return;
        }

        _resourceVersion = KubernetesJson.Text(item, "metadata", "resourceVersion") ?? _resourceVersion;
        Succeeded();
        Hear(type ?? "", item);
    }

    /// <summary>Opens the watch; false when it cannot go on from where it was.</summary>
    private async Task<bool> OpenAsync(CancellationToken token)
    {
        _response = await client.WatchAsync(operation, PathOf(_resourceVersion!), token);
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
        if (_failures > 0) LogBack(log, subject, client.Options.Server);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of {Subject} are not heard any more, trying again: {Server} ({Reason})")]
    private static partial void LogLost(ILogger log, string subject, Uri server, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Changes of {Subject} are heard again: {Server}")]
    private static partial void LogBack(ILogger log, string subject, Uri server);
}
