using System.Globalization;
using System.Net;
using System.Text;
using Actors.Harness;

namespace Actors.Storage.Tests.Heat.Prometheus;

/// <summary>What a Prometheus scrapes: lines of its text format that the test chooses, and an event for each scrape.</summary>
internal sealed class TestExporter : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpListener _listener = new();
    private readonly Func<string> _lines;
    private readonly Task _serving;
    private TaskCompletionSource _scraped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="name">Its job's name.</param>
    /// <param name="lines">What it exports at the moment at which it is scraped.</param>
    public TestExporter(string name, Func<string> lines)
    {
        (Name, _lines, Port) = (name, lines, LoopbackPort.Next());
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"));
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Its job's name.</summary>
    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Waits for the next scrape that begins from now on.</summary>
    public Task NextScrapeAsync() => Volatile.Read(ref _scraped).Task.WaitAsync(Limit);

    /// <summary>Ends it: from now on nothing listens there.</summary>
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
                var context = await _listener.GetContextAsync();
                context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                context.Response.Close(Encoding.UTF8.GetBytes(_lines()), willBlock: false);
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Exchange(ref _scraped, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }
}
