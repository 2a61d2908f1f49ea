using System.Diagnostics.CodeAnalysis;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>The one table of what this broker serves: dispatch goes by it, and ApiVersions advertises it.</summary>
public sealed class ServedApis
{
    private readonly IKafkaHandler?[] _byKey;

    /// <summary>Collects the handlers.</summary>
    /// <exception cref="InvalidOperationException">Two handlers serve one API, or one serves versions that the codec does not know.</exception>
    public ServedApis(IEnumerable<IKafkaHandler> handlers)
    {
        All = [.. handlers.OrderBy(handler => handler.Key)];
        _byKey = new IKafkaHandler?[All.Max(handler => (int)handler.Key) + 1];
        foreach (var handler in All)
        {
            var api = ApiTable.Get(handler.Key);
            if (!api.Knows(handler.MinVersion) || !api.Knows(handler.MaxVersion) || handler.MinVersion > handler.MaxVersion)
            {
                throw new InvalidOperationException($"{handler.Key} cannot be served in versions {handler.MinVersion} to {handler.MaxVersion}.");
            }

            if (_byKey[(int)handler.Key] is not null)
            {
                throw new InvalidOperationException($"{handler.Key} has two handlers.");
            }

            _byKey[(int)handler.Key] = handler;
        }
    }

    /// <summary>Every handler, in the order of the API keys.</summary>
    public IReadOnlyList<IKafkaHandler> All { get; }

    /// <summary>The handler of an API, whatever the version.</summary>
    public bool TryGet(ApiKey key, [NotNullWhen(true)] out IKafkaHandler? handler)
    {
        handler = (uint)key < (uint)_byKey.Length ? _byKey[(int)key] : null;
        return handler is not null;
    }
}
