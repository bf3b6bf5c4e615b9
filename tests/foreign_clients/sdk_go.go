// UpdateContact with the AWS SDK for Go v1: sdk_go INSTANCE CONTACT NAME
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/connect"
)

func main() {
	fmt.Println(aws.SDKVersion)
	config := aws.NewConfig().WithEndpoint(os.Getenv("AWS_ENDPOINT_URL_CONNECT")).WithMaxRetries(0)
	link := &connect.Reference{Type: aws.String("URL"), Value: aws.String("https://example.com/?a=b")}
	_, err := connect.New(session.Must(session.NewSession(config))).UpdateContact(
		&connect.UpdateContactInput{
			InstanceId: &os.Args[1],
			ContactId:  &os.Args[2],
			Name:       &os.Args[3],
			References: map[string]*connect.Reference{"link": link},
		})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
