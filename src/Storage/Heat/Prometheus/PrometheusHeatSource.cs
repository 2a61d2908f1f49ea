using System.Net;
using Actors.Storage.Policies;

namespace Actors.Storage.Heat.Prometheus;

/// <summary>
/// Asks a Prometheus. Each query is asked once however many want its answer: those who come while it is on its way wait for the same one, and those
/// who come within the cache's lifetime get the one that is there. A query belongs to nobody who asked: it ends by its own deadline, or with the source.
/// </summary>
/// <remarks>Source: Prometheus' HTTP API, /api/v1/query as a POST form, for which a query is never too long. Safe for use from any thread.</remarks>
public sealed class PrometheusHeatSource : IHeatSource, IAsyncDisposable
{
    private readonly PrometheusOptions _options;
    private readonly HeatOptions _heat;
    private readonly TimeProvider _time;
    private readonly PrometheusMetrics _metrics;
    private readonly HttpClient _http;
    private readonly Uri _query;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PrometheusQuestion> _questions = [];
    private bool _isClosed;

    /// <param name="options">Where and how it is asked.</param>
    /// <param name="heat">What is asked and believed.</param>
    /// <param name="time">The clock of deadlines and of the cache.</param>
    /// <param name="metrics">Counts what is asked.</param>
    /// <exception cref="ArgumentException">A metric or label is not a name of Prometheus.</exception>
    public PrometheusHeatSource(PrometheusOptions options, HeatOptions heat, TimeProvider time, PrometheusMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(options);
        HeatPlan.Check(heat);
        (_options, _heat, _time, _metrics) = (options, heat, time, metrics);
        _query = new Uri(new Uri(options.Address.AbsoluteUri.TrimEnd('/') + "/"), "api/v1/query");
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // its name may lead elsewhere by then
            MaxConnectionsPerServer = options.MaxConcurrentQueries,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Answers and open questions that are held.</summary>
    internal int Held
    {
        get
        {
            lock (_gate) return _questions.Count;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The source is closed.</exception>
    public async Task<HeatReadings> ReadAsync(IEnumerable<StoragePolicySpec> policies, CancellationToken stopping)
    {
        var plan = HeatPlan.Of(policies, _heat);
        var asked = Ask(HeatPlan.Texts(plan));
        await Task.WhenAll(asked.Values.Select(static question => question.Answer)).WaitAsync(stopping).ConfigureAwait(false);
        return new HeatReadings(plan.Select(query => Heat(query, asked)), _heat, _time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>The label by which answers are read.</summary>
    internal string SubjectLabel => _heat.VolumeLabel;

    /// <summary>Asks one query, or takes the answer that is there.</summary>
    internal Task<PrometheusAnswer> AskAsync(string query, CancellationToken stopping) => Ask([query])[query].Answer.WaitAsync(stopping);

    /// <summary>Ends what is on its way, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<PrometheusAnswer>[] open;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            open = [.. _questions.Values.Select(static question => question.Answer)];
            _questions.Clear();
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(open).ConfigureAwait(false);
        _http.Dispose();
        _closing.Dispose();
    }

    private static WindowHeat Heat(HeatQuery query, Dictionary<string, PrometheusQuestion> asked)
    {
        var (iops, coverage, age) = (asked[query.Iops], asked[query.Coverage], asked[query.Age]);
        // Tasks that have completed; the wait was for all of them.
        return new WindowHeat(query, Come(iops), Come(coverage), Come(age), Math.Min(iops.AtMs, Math.Min(coverage.AtMs, age.AtMs)));

        static PrometheusAnswer Come(PrometheusQuestion question) => question.Answer.GetAwaiter().GetResult();
    }

    private Dictionary<string, PrometheusQuestion> Ask(IReadOnlyList<string> texts)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            foreach (var (text, _) in _questions.Where(pair => !IsOfUse(pair.Value)).ToList()) _questions.Remove(text);
            foreach (var text in texts)
            {
                // On the pool, so that it goes on whatever becomes of the caller's own scheduler.
                if (!_questions.ContainsKey(text))
                    _questions.Add(text, new PrometheusQuestion(Task.Run(() => FetchCountedAsync(text)), _time.GetTimestamp(), _time.GetUtcNow().ToUnixTimeMilliseconds()));
            }

            return texts.ToDictionary(static text => text, text => _questions[text]);
        }
    }

    private bool IsOfUse(PrometheusQuestion question) =>
        !question.Answer.IsCompleted
        || (question.Answer.IsCompletedSuccessfully && question.Answer.GetAwaiter().GetResult().Error is null && _time.GetElapsedTime(question.Timestamp) < _options.CacheLifetime);

    private async Task<PrometheusAnswer> FetchCountedAsync(string text)
    {
        var since = _time.GetTimestamp();
        PrometheusAnswer answer;
        try
        {
            answer = await FetchAsync(text).ConfigureAwait(false);
        }
        catch (Exception unforeseen)
        {
            // All who ask share this task, and the next ones look at it: it never fails.
            answer = PrometheusAnswer.Failed($"the answer cannot be read: {unforeseen.Message}");
        }

        _metrics.Asked(_time.GetElapsedTime(since), answer.Error is null);
        return answer;
    }

    private async Task<PrometheusAnswer> FetchAsync(string text)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _closing.Token);
        try
        {
            using var form = new FormUrlEncodedContent([new("query", text)]);
            using var request = new HttpRequestMessage(HttpMethod.Post, _query) { Content = form };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            using var body = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            var answer = await PrometheusAnswer.ReadAsync(body, _heat.VolumeLabel, _heat.MaxSeries, _options.MaxAnswerBytes, both.Token).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK ? answer
                : PrometheusAnswer.Failed(FormattableString.Invariant($"Prometheus at {_options.Address} answers with HTTP {(int)response.StatusCode}: {answer.Error}"));
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException && !both.IsCancellationRequested)
        {
            return PrometheusAnswer.Failed($"Prometheus at {_options.Address} does not answer: {Innermost(broken)}; look whether it runs, and whether the address is right");
        }
        catch (Exception ended) when (both.IsCancellationRequested && ended is OperationCanceledException or HttpRequestException or IOException)
        {
            return PrometheusAnswer.Failed(_closing.IsCancellationRequested ? "the silo stops"
                : FormattableString.Invariant($"Prometheus at {_options.Address} did not answer within {_options.Timeout.TotalSeconds:0.###} s; look at its load, or ask for shorter sampling windows"));
        }
    }

    private static string Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error.Message;
}
