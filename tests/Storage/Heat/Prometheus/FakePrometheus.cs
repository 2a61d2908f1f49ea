using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Web;
using Actors.Harness;

namespace Actors.Storage.Tests.Heat.Prometheus;

/// <summary>What a Prometheus may do that a real one does not do when a test wants it: slow, broken and huge answers.</summary>
internal sealed class FakePrometheus : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public FakePrometheus()
    {
        var port = LoopbackPort.Next();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/prometheus")); // behind a path, as behind a proxy
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>What was asked, in the order in which it came.</summary>
    public ConcurrentQueue<string> Queries { get; } = new();

    /// <summary>Answers a query: every volume well, when no test says otherwise.</summary>
    public Func<string, HttpListenerResponse, Task> Answer { get; set; } = WellAsync;

    /// <summary>A volume <c>v</c> with 5500 operations each second, covered and fresh.</summary>
    public static Task WellAsync(string query, HttpListenerResponse response) => SendAsync(response, Vector(("v", query[..3] switch { "sum" => "5500", "min" => "20", _ => "0.1" })));

    /// <summary>The JSON of an answer.</summary>
    public static string Vector(params IEnumerable<(string Volume, string Value)> series) =>
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
        + string.Join(',', series.Select(static one => $"{{\"metric\":{{\"volume_id\":\"{one.Volume}\"}},\"value\":[1700000000.1,\"{one.Value}\"]}}")) + "]}}";

    /// <summary>Sends a whole answer.</summary>
    public static async Task SendAsync(HttpListenerResponse response, string body, int code = 200)
    {
        response.StatusCode = code;
        var bytes = Encoding.UTF8.GetBytes(body);
        response.ContentLength64 = bytes.Length;
        await response.OutputStream.WriteAsync(bytes);
        response.Close();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                _ = AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var form = HttpUtility.ParseQueryString(await reader.ReadToEndAsync());
        var query = context.Request is { HttpMethod: "POST", RawUrl: "/prometheus/api/v1/query", ContentType: "application/x-www-form-urlencoded" } ? form["query"]! : "not a query";
        Queries.Enqueue(query);
        try
        {
            await Answer(query, context.Response);
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Nobody waits for the answer any more.
        }
    }
}
