using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Actors.Grains.Tests.Support;
using Actors.Harness;

namespace Actors.Storage.Tests.Heat.Prometheus;

/// <summary>
/// Debian's Prometheus with a folder and a port of its own, which scrapes exporters of the tests each second. It ends with this process, however that
/// ends: its guard waits for a pipe that this process holds.
/// </summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    /// <summary>How often it scrapes.</summary>
    public static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(1);

    private const string GuardScript = """
        trap '' INT TERM HUP
        folder=$1; shift
        "$@" </dev/null >"$folder/log" 2>&1 &
        server=$!
        read -r word
        kill -TERM "$server" 2>/dev/null
        wait "$server"
        rm -rf "$folder"
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private Process? _guard;

    private PrometheusServer(int port) => Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <exception cref="ForeignProgramException">Prometheus is missing, or does not start.</exception>
    public static async Task<PrometheusServer> StartAsync(params IEnumerable<TestExporter> exporters)
    {
        var server = new PrometheusServer(LoopbackPort.Next());
        var config = server._folder.Path("prometheus.yml");
        var jobs = exporters.Select(static exporter => string.Create(CultureInfo.InvariantCulture, $"  - job_name: {exporter.Name}\n    static_configs: [{{ targets: ['127.0.0.1:{exporter.Port}'] }}]\n"));
        await File.WriteAllTextAsync(config, "global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs:\n" + string.Concat(jobs));
        await server.RunAsync(config);
        return server;
    }

    /// <summary>Asks as a person does, one value an answer by the text of its labels.</summary>
    public async Task<IReadOnlyDictionary<string, string>> AskAsync(string query)
    {
        using var document = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Address, $"api/v1/query?query={Uri.EscapeDataString(query)}")));
        return document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .ToDictionary(static series => series.GetProperty("metric").GetRawText(), static series => series.GetProperty("value")[1].GetString()!);
    }

    /// <summary>How many queries it has answered.</summary>
    public async Task<double> QueriesAsync() =>
        MetricsText.Sum(await _http.GetStringAsync(new Uri(Address, "metrics")), "prometheus_http_requests_total", "handler=\"/api/v1/query\"") ?? 0;

    /// <summary>Ends it; its folder goes with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_guard is not { } guard) return;
        _guard = null;
        guard.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        await guard.WaitForExitAsync(limit.Token);
        guard.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task RunAsync(string config)
    {
        string[] command =
        [
            "prometheus", $"--config.file={config}", $"--storage.tsdb.path={_folder.Path("data")}", $"--web.listen-address={Address.Authority}", "--log.level=warn",
        ];
        var log = _folder.Path("log");
        _guard = Process.Start(new ProcessStartInfo("sh", ["-c", GuardScript, "sh", _folder.FullName, .. command]) { RedirectStandardInput = true })!;
        var since = TimeProvider.System.GetTimestamp();
        try
        {
            await TestGuard.UntilAsync(IsReadyAsync, "Prometheus");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new ForeignProgramException($"Prometheus is not ready after {TimeProvider.System.GetElapsedTime(since)}; is the package prometheus there?\n{(File.Exists(log) ? await File.ReadAllTextAsync(log) : "")}");
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Address, "-/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
