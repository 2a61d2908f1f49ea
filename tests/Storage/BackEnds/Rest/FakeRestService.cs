using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Actors.Harness;

namespace Actors.Storage.Tests.BackEnds.Rest;

/// <summary>A storage system's REST service in the test's process. It answers one request after the other, and a test can have it answer something else.</summary>
internal abstract class FakeRestService : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private readonly string _basePath;

    /// <param name="basePath">What all of its paths begin with: a slash, or a path between two.</param>
    protected FakeRestService(string basePath)
    {
        _basePath = basePath;
        var root = FormattableString.Invariant($"http://127.0.0.1:{LoopbackPort.Next()}/");
        Address = new Uri(new Uri(root), basePath);
        _listener.Prefixes.Add(root);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Every request that changes something.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Every request: its method, and its path below the base without the query.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Answers instead of the service; null lets it answer.</summary>
    public Func<string, (int Status, string Body)?> Instead { get; set; } = _ => null;

    /// <summary>Answers after the service has done what was asked.</summary>
    public Func<string, (int Status, string Body)?> Afterwards { get; set; } = _ => null;

    /// <summary>Guards the service's state.</summary>
    protected Lock Gate { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    /// <summary>The service itself, called under <see cref="Gate"/>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="parts">The path below the base, part by part.</param>
    /// <param name="query">What follows the question mark.</param>
    /// <param name="body">The body; null when there is none.</param>
    protected abstract (int Status, string Body) Answer(string method, string[] parts, IReadOnlyDictionary<string, string> query, JsonNode? body);

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var request = $"{context.Request.HttpMethod} {context.Request.RawUrl![_basePath.Length..]}";
            var (status, body) = Instead(request) ?? Answer(request, await reader.ReadToEndAsync());
            (status, body) = Afterwards(request) ?? (status, body);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            var content = Encoding.UTF8.GetBytes(body);
            context.Response.ContentLength64 = content.Length; // headers and content in one piece: two wait for each other's acknowledgement
            await context.Response.OutputStream.WriteAsync(content);
            context.Response.Close();
        }
    }

    private (int Status, string Body) Answer(string request, string content)
    {
        lock (Gate)
        {
            var method = request[..request.IndexOf(' ', StringComparison.Ordinal)];
            var address = request[(method.Length + 1)..].Split('?');
            var query = (address.Length > 1 ? address[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
            var parts = address[0].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
            Requests.Add($"{method} {address[0]}");
            if (method != "GET") Changes.Add($"{method} {string.Join('/', parts)}");
            return Answer(method, parts, query, content.Length == 0 ? null : JsonNode.Parse(content));
        }
    }
}
