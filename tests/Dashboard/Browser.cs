using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Actors.Harness;

namespace Actors.Dashboard.Tests;

/// <summary>Debian's Chromium without a window, with one page open. Ended when disposed.</summary>
/// <remarks>Source: Chrome DevTools Protocol, domain Runtime; the HTTP endpoint /json/new.</remarks>
public sealed class Browser : IAsyncDisposable
{
    private const string Listening = "DevTools listening on ";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _profile = new();
    private readonly ClientWebSocket _page = new();
    private readonly Process _process;
    private int _lastId;

    private Browser()
    {
        string[] arguments =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--remote-debugging-address=127.0.0.1", "--remote-debugging-port=0", $"--user-data-dir={_profile.FullName}", "about:blank",
        ];
        _process = Process.Start(new ProcessStartInfo("chromium", arguments) { RedirectStandardError = true })!;
        AppDomain.CurrentDomain.ProcessExit += EndWithParent;
    }

    /// <summary>Starts a browser that shows an address.</summary>
    public static async Task<Browser> OpenAsync(Uri address)
    {
        var browser = new Browser();
        try
        {
            await browser.ConnectAsync(address);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs JavaScript in the page.</summary>
    /// <returns>What it makes, as text; null where there is nothing, or no page at this moment.</returns>
    public async Task<string?> RunAsync(string script)
    {
        using var guard = new CancellationTokenSource(Guard);
        var command = new { id = ++_lastId, method = "Runtime.evaluate", @params = new { expression = $"String({script})" } };
        await _page.SendAsync(JsonSerializer.SerializeToUtf8Bytes(command), WebSocketMessageType.Text, endOfMessage: true, guard.Token);
        while (true)
        {
            using var answer = JsonDocument.Parse(await ReadAsync(guard.Token));
            if (!answer.RootElement.TryGetProperty("id", out var id) || id.GetInt32() != _lastId) continue;
            return answer.RootElement.TryGetProperty("result", out var done) && done.GetProperty("result").TryGetProperty("value", out var value) ? value.GetString() : null;
        }
    }

    /// <summary>Waits until a part of the page reads as wanted.</summary>
    /// <param name="selector">Which part.</param>
    /// <param name="isThere">Judges what a person sees there; empty when there is no such part, or it is hidden.</param>
    public async Task ReadsAsync(string selector, Func<string, bool> isThere)
    {
        using var guard = new CancellationTokenSource(Guard);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var text = await RunAsync($"document.querySelector('{selector}')?.checkVisibility() ? document.querySelector('{selector}').innerText : ''") ?? "";
            if (isThere(text)) return;
            if (guard.IsCancellationRequested) Assert.Fail($"After {Guard} {selector} reads:\n{text}\n\nand the page:\n{await RunAsync("document.body.innerText")}");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithParent;
        _page.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _profile.Dispose();
    }

    private async Task ConnectAsync(Uri address)
    {
        using var guard = new CancellationTokenSource(Guard);
        string? line;
        do
        {
            line = await _process.StandardError.ReadLineAsync(guard.Token) ?? throw new ForeignProgramException("chromium has ended: scripts/test installs it");
        }
        while (!line.StartsWith(Listening, StringComparison.Ordinal));
        _ = DrainAsync();
        using var http = new HttpClient();
        var port = new Uri(line[Listening.Length..]).Port;
        using var made = await http.PutAsync(new Uri($"http://127.0.0.1:{port}/json/new?{Uri.EscapeDataString(address.AbsoluteUri)}"), null, guard.Token);
        using var page = JsonDocument.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync(guard.Token));
        await _page.ConnectAsync(new Uri(page.RootElement.GetProperty("webSocketDebuggerUrl").GetString()!), guard.Token);
    }

    /// <summary>Nobody reads what else it says; a full pipe would stop it.</summary>
    private async Task DrainAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is not null)
        {
        }
    }

    private async Task<string> ReadAsync(CancellationToken token)
    {
        var text = new ArraySegment<byte>(new byte[1 << 20]);
        var length = 0;
        while (true)
        {
            var part = await _page.ReceiveAsync(text[length..], token);
            length += part.Count;
            if (part.EndOfMessage) return Encoding.UTF8.GetString(text[..length]);
        }
    }

    private void EndWithParent(object? sender, EventArgs end) => _process.Kill(entireProcessTree: true);
}
