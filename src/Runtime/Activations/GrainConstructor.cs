using System.Reflection;
using Actors.Runtime.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Actors.Runtime.Activations;

/// <summary>
/// Makes instances of a grain class. The constructor is read once: the activation, persistent states, and services, of which
/// singletons are resolved once for all activations and the others from the activation's own scope.
/// </summary>
internal sealed class GrainConstructor
{
    private static readonly MethodInfo CreateStateMethod =
        typeof(GrainConstructor).GetMethod(nameof(CreateState), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly ConstructorInvoker _invoker;
    private readonly Func<Activation, object?>[] _arguments;

    /// <exception cref="OrleansConfigurationException">The class cannot be made, and why.</exception>
    public GrainConstructor(Type type, IServiceProvider services, ServiceLifetimes lifetimes)
    {
        ConstructorInfo constructor = Choose(type);
        _invoker = ConstructorInvoker.Create(constructor);
        var problems = new List<string>();
        _arguments = Array.ConvertAll(constructor.GetParameters(), parameter => Argument(parameter, services, lifetimes, problems));
        if (problems.Count > 0)
        {
            throw new OrleansConfigurationException($"{type.FullName} cannot be made: {string.Join(" ", problems)}");
        }
    }

    public object Create(Activation activation)
    {
        switch (_arguments.Length)
        {
            case 0:
                return _invoker.Invoke();
            case 1:
                return _invoker.Invoke(_arguments[0](activation));
            default:
                var values = new object?[_arguments.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = _arguments[i](activation);
                }

                return _invoker.Invoke(values.AsSpan());
        }
    }

    private static ConstructorInfo Choose(Type type)
    {
        ConstructorInfo[] candidates = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance);
        return Array.Find(candidates, static candidate => candidate.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? candidates.MaxBy(static candidate => candidate.GetParameters().Length)
            ?? throw new OrleansConfigurationException($"{type.FullName} has no public constructor.");
    }

    private static Func<Activation, object?> Argument(
        ParameterInfo parameter, IServiceProvider services, ServiceLifetimes lifetimes, List<string> problems)
    {
        Type type = parameter.ParameterType;
        if (type == typeof(IGrainContext))
        {
            return static activation => activation;
        }

        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
        {
            return State(parameter, state, problems);
        }

        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { Key: { } key })
        {
            return activation => activation.ActivationServices.GetRequiredKeyedService(type, key);
        }

        if (services.GetService<IServiceProviderIsService>() is { } known && !known.IsService(type))
        {
            if (!parameter.HasDefaultValue)
            {
                problems.Add($"There is no service {type.FullName} for its parameter '{parameter.Name}'.");
            }

            return _ => parameter.DefaultValue;
        }

        if (lifetimes.IsSingleton(type))
        {
            var shared = new Lazy<object?>(() => services.GetRequiredService(type));
            return _ => shared.Value;
        }

        return activation => activation.ActivationServices.GetRequiredService(type);
    }

    private static Func<Activation, object?> State(ParameterInfo parameter, PersistentStateAttribute state, List<string> problems)
    {
        Type type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            problems.Add($"Its parameter '{parameter.Name}' has [PersistentState] and is no IPersistentState<T>.");
            return static _ => null;
        }

        var create = CreateStateMethod.MakeGenericMethod(type.GetGenericArguments()[0])
            .CreateDelegate<Func<Activation, IPersistentStateConfiguration, object>>();
        return activation => create(activation, state);
    }

    private static object CreateState<TState>(Activation activation, IPersistentStateConfiguration configuration) =>
        activation.Silo.Services.GetRequiredService<IPersistentStateFactory>().Create<TState>(activation, configuration);
}
