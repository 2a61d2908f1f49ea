using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Actors.Membership;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>
/// Asks the API server. Reads are tried again while the deadline allows; a write only where the server says that it did not take it.
/// What goes wrong leaves as <see cref="MembershipStoreException"/>, whatever was asked for. Safe for use from any thread.
/// </summary>
public sealed class KubernetesClient : IDisposable
{
    private const int MaxAnswerBytes = 8 * 1024 * 1024;
    private const int MaxDoublings = 16;

    private readonly HttpClient _http;
    private readonly Random _random;

    /// <param name="options">Where and who.</param>
    /// <param name="time">The clock of deadlines and pauses.</param>
    /// <param name="random">Cuts the pauses; used under a lock.</param>
    /// <exception cref="Lifetime.SiloStartException">The authorities' file cannot be read, or has no certificate.</exception>
    public KubernetesClient(KubernetesOptions options, TimeProvider time, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Options, Time, _random) = (options, time, random);
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = options.OperationTimeout, UseProxy = false };
        if (options.AuthorityPath is { } authority) handler.SslOptions.CertificateChainPolicy = Lifetime.PemFiles.Trusting(authority, "the API server's");
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes, BaseAddress = options.Server };
    }

    /// <summary>Where and who.</summary>
    public KubernetesOptions Options { get; }

    /// <summary>The clock of deadlines and pauses.</summary>
    public TimeProvider Time { get; }

    /// <summary>Asks, and asks again where that is safe.</summary>
    /// <param name="operation">What it is, for people: "read the silos".</param>
    /// <param name="method">GET is tried again whatever happened to it.</param>
    /// <param name="path">From the root of the server.</param>
    /// <param name="body">What to send; null: nothing. A PATCH is a merge patch, and an application of fields where its path names their manager.</param>
    /// <param name="token">The caller's.</param>
    internal async Task<KubernetesAnswer> AskAsync(string operation, HttpMethod method, string path, JsonObject? body, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(Options.OperationTimeout, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
        var isRead = method == HttpMethod.Get;
        MembershipStoreException? last = null;
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    using var request = await RequestAsync(operation, method, path, body, both.Token);
                    using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
                    var answer = new KubernetesAnswer(response.StatusCode, KubernetesJson.Parse(await response.Content.ReadAsByteArrayAsync(both.Token)));
                    if (answer.IsSuccess || answer.IsMissing || answer.IsConflict || answer.Code == HttpStatusCode.Gone) return answer;
                    var isRefused = (int)answer.Code is >= 400 and < 500;
                    last = new MembershipStoreException(operation, !isRead && !isRefused, Sentence(answer, path));
                    if (answer.Code != HttpStatusCode.TooManyRequests && (isRefused || !isRead)) throw last;
                }
                catch (Exception broken) when (broken is HttpRequestException or IOException && !both.IsCancellationRequested)
                {
                    var isSent = broken is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
                    last = new MembershipStoreException(operation, !isRead && isSent, $"the API server {Options.Server} did not answer: {Innermost(broken)}", broken);
                    if (!isRead) throw last;
                }

                await Task.Delay(Pause(attempt), Time, both.Token);
            }
        }
        catch (OperationCanceledException late) when (!token.IsCancellationRequested)
        {
            throw last ?? new MembershipStoreException(operation, !isRead, $"the API server {Options.Server} did not answer within {Options.OperationTimeout.TotalSeconds} s.", late);
        }
    }

    /// <summary>Opens a watch; the caller reads its lines from the body and disposes of the answer.</summary>
    internal async Task<HttpResponseMessage> WatchAsync(string operation, string path, CancellationToken token)
    {
        using var request = await RequestAsync(operation, HttpMethod.Get, path, null, token);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
    }

    /// <summary>The pause after this many failures.</summary>
    internal TimeSpan Pause(int failures)
    {
        var longest = Math.Min(Options.FirstRetryDelay.TotalMilliseconds * (1 << Math.Min(failures, MaxDoublings)), Options.LastRetryDelay.TotalMilliseconds);
        lock (_random) return TimeSpan.FromMilliseconds(longest * (1 - (_random.NextDouble() / 2)));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpRequestMessage> RequestAsync(string operation, HttpMethod method, string path, JsonObject? body, CancellationToken token)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (Options.TokenPath is { } file) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(operation, file, token));
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, MediaType(method, path));
        return request;
    }

    // JSON is YAML too, and every version of the API server takes an application of fields as YAML.
    private static string MediaType(HttpMethod method, string path) =>
        method != HttpMethod.Patch ? "application/json" : path.Contains("fieldManager=", StringComparison.Ordinal) ? "application/apply-patch+yaml" : "application/merge-patch+json";

    private static async Task<string> TokenAsync(string operation, string file, CancellationToken token)
    {
        try
        {
            return (await File.ReadAllTextAsync(file, token)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MembershipStoreException(operation, false, $"the service account's token cannot be read: {error.Message}", error);
        }
    }

    private string Sentence(KubernetesAnswer answer, string path) => answer.Code switch
    {
        HttpStatusCode.Unauthorized => $"the API server does not accept the token in {Options.TokenPath}: {answer.Message}",
        HttpStatusCode.Forbidden => $"the service account may not do that; give it the {KubernetesPaths.RoleOf(path)} of deploy/k8s: {answer.Message}",
        HttpStatusCode.NotFound => $"the API server does not know {path.Split('?')[0]}; apply {KubernetesPaths.DefinitionOf(path)} first.",
        _ => $"the API server says {(int)answer.Code}: {answer.Message}",
    };

    private static string Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error.Message;
}
