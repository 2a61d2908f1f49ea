namespace Orleans;

/// <summary>Refuses a configuration with which the silo cannot run.</summary>
public interface IConfigurationValidator
{
    /// <exception cref="Runtime.OrleansConfigurationException">What is wrong.</exception>
    void ValidateConfiguration();
}
